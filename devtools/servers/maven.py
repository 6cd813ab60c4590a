"""Java programs from Maven: their class paths, resolved once and kept beside the other files of dev.py."""

import hashlib
import os
import re
import shutil
import subprocess
from pathlib import Path

from devtools.layout import LOCAL
from devtools.steps import StepFailed

JAVA = 17
"""The oldest Java that the brokers of today run on."""
_POM = """<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>ai-worker</groupId><artifactId>{name}</artifactId><version>1</version><packaging>pom</packaging>
  <dependencies>{dependencies}</dependencies>
</project>
"""
_DEPENDENCY = (
    "<dependency><groupId>{0}</groupId><artifactId>{1}</artifactId><version>{2}</version></dependency>"
)
SECONDS = 600


def available() -> bool:
    """Return whether Maven and a Java that is new enough are installed."""
    if not (shutil.which("mvn") and shutil.which("java")):
        return False
    answered = subprocess.run(["java", "-version"], capture_output=True, text=True, check=False)
    found = re.search(r'version "(\d+)', answered.stderr + answered.stdout)
    return found is not None and int(found.group(1)) >= JAVA


def class_path(name: str, *artifacts: str) -> str:
    """The class path of a program and all that it needs; fetched at the first time.

    Args:
        name: of the program.
        artifacts: `group:artifact:version` of it and of what it leaves to choose.

    Raises:
        StepFailed: Maven did not find them.
    """
    digest = hashlib.sha256(" ".join(artifacts).encode()).hexdigest()[:12]
    folder = LOCAL / "maven" / f"{name}-{digest}"
    kept = folder / "class_path"
    if kept.exists():
        found = kept.read_text(encoding="utf-8").strip()
        if all(Path(part).exists() for part in found.split(os.pathsep)):
            return found
    folder.mkdir(parents=True, exist_ok=True)
    listed = "".join(_DEPENDENCY.format(*artifact.split(":")) for artifact in artifacts)
    (folder / "pom.xml").write_text(_POM.format(name=name, dependencies=listed), encoding="utf-8")
    command = ["mvn", "-q", "-B", "dependency:build-classpath", f"-Dmdep.outputFile={kept}"]
    ended = subprocess.run(
        [*command, "-Dmdep.includeScope=runtime"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=SECONDS,
    )
    if ended.returncode != 0 or not kept.exists():
        log = folder / "mvn.log"
        log.write_text(ended.stdout + ended.stderr, encoding="utf-8")
        raise StepFailed(f"fetch {name} with Maven", "it did not find everything", fix="see the log", log=log)
    return kept.read_text(encoding="utf-8").strip()
