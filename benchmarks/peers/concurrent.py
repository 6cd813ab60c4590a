"""One row's work in asyncio: aiohttp and aiomysql, connections kept."""

import aiohttp
import aiomysql
import orjson

from benchmarks.harness.addresses import mariadb
from benchmarks.peers.work import DATABASE, MODEL, SELECT, SLOTS, UPDATE, answer, question

SQL_CONNECTIONS = 32


class Hands:
    """A worker of rows in one event loop. Use it as an asynchronous context manager."""

    async def __aenter__(self) -> "Hands":
        """Open the pools."""
        connector = aiohttp.TCPConnector(limit=SLOTS)
        self._http = aiohttp.ClientSession(
            connector=connector, json_serialize=lambda body: orjson.dumps(body).decode()
        )
        self._sql = await aiomysql.create_pool(
            **mariadb(), db=DATABASE, autocommit=True, minsize=1, maxsize=min(SLOTS, SQL_CONNECTIONS)
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close them."""
        await self._http.close()
        self._sql.close()
        await self._sql.wait_closed()

    async def work(self, row: int) -> None:
        """Fetch, ask, update; no connection to the database is held while the model is waited for."""
        async with self._sql.acquire() as connection, connection.cursor() as cursor:
            await cursor.execute(SELECT, (row,))
            (text,) = await cursor.fetchone()
        async with self._http.post(MODEL, json=question(text)) as response:
            response.raise_for_status()
            answered = answer(orjson.loads(await response.read()))
        async with self._sql.acquire() as connection, connection.cursor() as cursor:
            await cursor.execute(UPDATE, (answered, row))
