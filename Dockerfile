# One image for every process of AI Worker; docker-compose.yml says which command each container runs.
# The first stage makes the virtual environment; the second holds that and nothing it was made with.

FROM python:3.12-slim AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_ROOT_USER_ACTION=ignore
RUN python -m venv /opt/ai-worker
ENV PATH=/opt/ai-worker/bin:$PATH
WORKDIR /build
# Before the code, since they change seldom: their layer stays. Wheels alone, so no compiler is needed.
COPY requirements.txt requirements-traces.txt constraints.txt ./
RUN pip install --only-binary=:all: --constraint constraints.txt --requirement requirements.txt \
    --requirement requirements-traces.txt setuptools
COPY pyproject.toml README.txt LICENSE NOTICE celery_config.py ./
COPY ai_worker ai_worker
RUN pip install --no-deps --no-build-isolation . && pip uninstall --yes setuptools

FROM python:3.12-slim
RUN groupadd --gid 10001 ai-worker && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /nonexistent ai-worker
COPY --from=build /opt/ai-worker /opt/ai-worker
# matplotlib wants a folder it may write to.
ENV PATH=/opt/ai-worker/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 MPLCONFIGDIR=/tmp
WORKDIR /app
USER 10001:10001
CMD ["ai-worker", "--help"]
