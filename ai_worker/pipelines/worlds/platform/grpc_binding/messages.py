"""The messages and methods on the wire, as one table: field = number; `?` marks presence, `[]` repetition.

The classes are made from the table when this module is imported, so that no generated code has to be kept in
step with it.
"""

from typing import Any

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

Fields = dict[str, tuple[int, str]]

# fmt: off
MESSAGES: dict[str, Fields] = {
    "generia.character.CreateCharacterRequest": {
        "world_id": (1, "string"), "real_user_id": (2, "string?"), "display_name": (3, "string"),
        "avatar_media_id": (4, "string?"), "meta": (5, "string?")},
    "generia.character.UpdateCharacterRequest": {
        "character_id": (1, "string"), "display_name": (2, "string?"), "avatar_media_id": (3, "string?"),
        "avatar_url": (4, "string?"), "meta": (5, "string?")},
    "generia.character.GetCharacterRequest": {"character_id": (1, "string")},
    "generia.character.Character": {
        "id": (1, "string"), "world_id": (2, "string"), "real_user_id": (3, "string?"), "is_ai": (4, "bool"),
        "display_name": (5, "string"), "avatar_media_id": (6, "string?"), "avatar_url": (7, "string"),
        "meta": (8, "string?"), "created_at": (9, "string")},
    "media.GetPresignedUploadURLRequest": {
        "world_id": (1, "string"), "character_id": (2, "string"), "filename": (3, "string"),
        "content_type": (4, "string"), "size": (5, "int64"), "media_type": (6, "int32")},
    "media.GetPresignedUploadURLResponse": {
        "media_id": (1, "string"), "upload_url": (2, "string"), "expires_at": (3, "int64")},
    "media.ConfirmUploadRequest": {"media_id": (1, "string")},
    "media.MediaVariant": {
        "name": (1, "string"), "url": (2, "string"), "width": (3, "int32"), "height": (4, "int32")},
    "media.ConfirmUploadResponse": {"success": (1, "bool"), "variants": (2, "media.MediaVariant[]")},
    "post.CreateAIPostRequest": {
        "character_id": (1, "string"), "caption": (2, "string"), "media_id": (3, "string"),
        "world_id": (4, "string"), "tags": (5, "string[]")},
    "post.CreatePostResponse": {"post_id": (1, "string"), "created_at": (2, "string")},
    "post.GetCharacterPostsRequest": {
        "character_id": (1, "string"), "limit": (2, "int32"), "offset": (3, "int32"),
        "world_id": (4, "string")},
    "post.Post": {
        "post_id": (1, "string"), "character_id": (2, "string"), "display_name": (3, "string"),
        "caption": (4, "string"), "media_url": (5, "string"), "created_at": (6, "string")},
    "post.PostList": {"posts": (1, "post.Post[]"), "total": (2, "int32"), "next_cursor": (3, "string")},
    "world.UpdateWorldImageRequest": {
        "world_id": (1, "string"), "image_uuid": (2, "string"), "icon_uuid": (3, "string")},
    "world.UpdateWorldImageResponse": {"success": (1, "bool"), "message": (2, "string")},
}

METHODS: dict[str, tuple[str, str, str]] = {
    #  method                                                (service in Consul,  request, response)
    "/generia.character.CharacterService/CreateCharacter": (
        "character-service", "generia.character.CreateCharacterRequest", "generia.character.Character"),
    "/generia.character.CharacterService/UpdateCharacter": (
        "character-service", "generia.character.UpdateCharacterRequest", "generia.character.Character"),
    "/generia.character.CharacterService/GetCharacter": (
        "character-service", "generia.character.GetCharacterRequest", "generia.character.Character"),
    "/media.MediaService/GetPresignedUploadURL": (
        "media-service", "media.GetPresignedUploadURLRequest", "media.GetPresignedUploadURLResponse"),
    "/media.MediaService/ConfirmUpload": (
        "media-service", "media.ConfirmUploadRequest", "media.ConfirmUploadResponse"),
    "/post.PostService/CreateAIPost": ("post-service", "post.CreateAIPostRequest", "post.CreatePostResponse"),
    "/post.PostService/GetCharacterPosts": ("post-service", "post.GetCharacterPostsRequest", "post.PostList"),
    "/world.WorldService/UpdateWorldImage": (
        "world-service", "world.UpdateWorldImageRequest", "world.UpdateWorldImageResponse"),
}
# fmt: on

_TYPES = {
    "string": descriptor_pb2.FieldDescriptorProto.TYPE_STRING,
    "bool": descriptor_pb2.FieldDescriptorProto.TYPE_BOOL,
    "int32": descriptor_pb2.FieldDescriptorProto.TYPE_INT32,
    "int64": descriptor_pb2.FieldDescriptorProto.TYPE_INT64,
}


def message_class(name: str) -> Any:
    """The class of a message by its full name."""
    return _CLASSES[name]


def _made() -> dict[str, Any]:
    pool = descriptor_pool.DescriptorPool()
    for package in dict.fromkeys(name.rpartition(".")[0] for name in MESSAGES):
        pool.Add(_file(package))
    return {name: message_factory.GetMessageClass(pool.FindMessageTypeByName(name)) for name in MESSAGES}


def _file(package: str) -> descriptor_pb2.FileDescriptorProto:
    file = descriptor_pb2.FileDescriptorProto(name=f"{package}.proto", package=package, syntax="proto3")
    for name, fields in MESSAGES.items():
        if name.rpartition(".")[0] == package:
            message = file.message_type.add(name=name.rpartition(".")[2])
            for field, (number, kind) in fields.items():
                _add(message, field, number, kind)
    return file


def _add(message: descriptor_pb2.DescriptorProto, field: str, number: int, kind: str) -> None:
    added = message.field.add(name=field, number=number)
    plain = kind.rstrip("?[]")
    many = kind.endswith("[]")
    labels = descriptor_pb2.FieldDescriptorProto
    added.label = labels.LABEL_REPEATED if many else labels.LABEL_OPTIONAL
    if plain in _TYPES:
        added.type = _TYPES[plain]
    else:
        added.type = labels.TYPE_MESSAGE
        added.type_name = f".{plain}"
    if kind.endswith("?"):
        added.proto3_optional = True
        added.oneof_index = len(message.oneof_decl)
        message.oneof_decl.add(name=f"_{field}")


_CLASSES = _made()
