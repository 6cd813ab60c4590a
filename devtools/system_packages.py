"""The parts that only the operating system's packages can give: the venv module and the servers.

They are installed by apt-get where it is there and we may use it, never removing anything, and without
starting or enabling
a service: dev.py runs servers of its own.
"""

import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from devtools.layout import LOGS, ON_WINDOWS, find_program
from devtools.servers import mariadb, redis
from devtools.stack import NAMING, STORES, named
from devtools.steps import StepFailed, announce, run_logged
from devtools.virtual_environment import usable

SERVER_PACKAGES = {"redis": ["redis-server"], "mariadb": ["mariadb-server-core", "mariadb-client-core"]}
"""MariaDB's `core` packages are the programs without a service; a data directory is made with a tool of the
client's.
"""
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
"""Programs that the tests of the panel can drive."""
PROGRAMS_OF_TESTS = {
    "chromium": BROWSERS,
    "prometheus": ("promtool",),
    "nginx": ("nginx",),
    "tinyproxy-bin": ("tinyproxy",),
}
"""Packages that tests alone need, each with its program: a browser, a checker of alert rules, and the reverse
and the forward proxy through which models are asked.
"""
POLICY = Path("/usr/sbin/policy-rc.d")
STEP = "Look for what must be installed on this machine"


def provide(
    environment: Mapping[str, str], *, may_install: bool, servers: bool = True, tests: bool = False
) -> None:
    """See to it that Python can make virtual environments and that each server is named or installed.

    Args:
        environment: names servers that run already.
        may_install: whether apt-get may be used.
        servers: whether servers are needed at all.
        tests: True if the tests will be run, which need programs of their own.

    Raises:
        StepFailed: something is missing and may not or cannot be installed.
    """
    announce(STEP)
    wanted = [name for name in STORES if servers and not named(name, environment)]
    if ON_WINDOWS and wanted:
        variables = ", ".join(NAMING[name][0] for name in wanted)
        fix = (
            f"install these servers (or run them in Docker) and give their addresses in "
            f"{variables}; MYSQL_* and MONGO_* as in .env.example"
        )
        raise StepFailed(
            STEP, f"no server is started on Windows by this file; missing: {', '.join(wanted)}", fix=fix
        )
    packages = [] if usable() or importlib.util.find_spec("ensurepip") else [_venv_package()]
    if "redis" in wanted and not redis.available():
        packages += SERVER_PACKAGES["redis"]
    if "mariadb" in wanted and not mariadb.available():
        packages += SERVER_PACKAGES["mariadb"]
    if tests and not ON_WINDOWS:
        packages += [
            package for package, programs in PROGRAMS_OF_TESTS.items() if not find_program(*programs)
        ]
    if packages:
        _install(packages, may_install=may_install)


def _venv_package() -> str:
    return f"python{sys.version_info.major}.{sys.version_info.minor}-venv"


def _install(packages: list[str], *, may_install: bool) -> None:
    listed = " ".join(packages)
    by_hand = f"sudo apt-get install --no-install-recommends {listed} (on other systems: their like)"
    fix = (
        f"{by_hand}; or name servers that run already: REDIS_URL, MYSQL_HOST (and MYSQL_PORT, "
        f"MYSQL_USER, MYSQL_PASSWORD, MYSQL_DATABASE)"
    )
    if not may_install:
        raise StepFailed(STEP, f"missing, and --no-install forbids to install it: {listed}", fix=fix)
    if not shutil.which("apt-get"):
        raise StepFailed(STEP, f"missing, and there is no apt-get: {listed}", fix=fix)
    root = _becoming_root()
    if root is None:
        raise StepFailed(
            STEP, f"missing, and we are neither root nor allowed sudo without a password: {listed}", fix=fix
        )
    log = LOGS / "apt-get.log"
    get = [*root, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-o", "DPkg::Lock::Timeout=120"]
    run_logged("Read the package lists: apt-get update", [*get, "update"], log=log, fix=fix)
    with _services_stay_off(root):
        options = ["install", "--yes", "--no-install-recommends", "--no-remove"]
        run_logged(
            f"Install from the distribution: apt-get install {listed}",
            [*get, *options, *packages],
            log=log,
            fix=fix,
        )
    for service in {"redis-server", "prometheus", "nginx"}.intersection(
        packages if shutil.which("systemctl") else ()
    ):
        subprocess.run([*root, "systemctl", "disable", service], check=False, capture_output=True)
    mariadb.program.cache_clear()


def _becoming_root() -> list[str] | None:
    """The prefix of a command so that root runs it, or None where we may not."""
    if os.geteuid() == 0:
        return []
    allowed = (
        shutil.which("sudo")
        and subprocess.run(["sudo", "-n", "true"], check=False, capture_output=True).returncode == 0
    )
    return ["sudo", "-n"] if allowed else None


@contextmanager
def _services_stay_off(root: list[str]) -> Iterator[None]:
    """Debian starts a service as its package is installed unless this file forbids it (policy-rc.d, Debian
    Policy 9.3.3).
    """
    if POLICY.exists():  # The machine has a policy of its own.
        yield
        return
    write = [*root, "install", "-m", "755", "/dev/stdin", str(POLICY)]
    subprocess.run(write, input=b"#!/bin/sh\nexit 101\n", check=True)
    try:
        yield
    finally:
        subprocess.run([*root, "rm", "-f", str(POLICY)], check=True)
