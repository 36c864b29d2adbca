# One image for every process of the mesh; the command says which one a container is. Without a command it is
# the gateway:
#
#   docker build --tag dataprime-mesh:local .
#   docker run --init --publish 127.0.0.1:5000:5000 dataprime-mesh:local
#   docker run --init dataprime-mesh:local --require ./dist/shared/telemetry/register.js ./dist/services/query/main.js

# The same Node as the dev dependency `node` gives to machines that have another.
ARG NODE_VERSION=24.21.0


FROM node:${NODE_VERSION}-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# No package's install script has anything to do in an image: better-sqlite3 ships its binaries, and the dev
# dependency `node` would only fetch a second Node. Its entry in node_modules/.bin then leads nowhere, so the
# compiler is started by the image's own Node and not through npx.
RUN npm ci --ignore-scripts
COPY . .
RUN node node_modules/typescript/bin/tsc && rm dist/.tsbuildinfo


FROM node:${NODE_VERSION}-bookworm-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --ignore-scripts


FROM node:${NODE_VERSION}-bookworm-slim AS runtime
ARG REVISION=unknown
LABEL org.opencontainers.image.title="DataPrime Mesh" \
      org.opencontainers.image.description="Six traced Express services that turn a question into a valid DataPrime query" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.revision="${REVISION}"

# Express looks at NODE_ENV; the mesh does not.
ENV NODE_ENV=production \
    HOST=0.0.0.0 \
    DATA_DIR=/data

WORKDIR /app
# A fresh named volume takes its owner from the folder it covers, so the owners of SQLite files may write.
RUN mkdir /data && chown node:node /data
COPY --from=dependencies /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY package.json ./
COPY deploy/docker/check-health.js ./deploy/docker/

# The base image's user `node`, by number so that an orchestrator can see that it is not root.
USER 1000:1000
EXPOSE 5000-5005
HEALTHCHECK --interval=10s --timeout=5s --start-period=15s --retries=3 \
    CMD ["node", "deploy/docker/check-health.js", "http://127.0.0.1:5000/health/ready"]

ENTRYPOINT ["node"]
CMD ["--require", "./dist/shared/telemetry/register.js", "./dist/services/gateway/main.js"]
