# docs/operations.md, "Container". Both stages can start from another image that has Node, npm and useradd.
ARG BUILD_BASE=node:22-bookworm
ARG BASE=node:22-bookworm-slim

FROM ${BUILD_BASE} AS build
WORKDIR /build
COPY package.json package-lock.json ./
RUN npm ci
COPY tsconfig.json ./
COPY scripts scripts
COPY migrations migrations
COPY simulator simulator
COPY src src
RUN npm run build && npm prune --omit=dev

FROM ${BASE}
ENV NODE_ENV=production PAPERDESK_HOME=/var/lib/paperdesk MODEL_MANAGER_HTTP_HOST=0.0.0.0
RUN useradd --system --create-home --home-dir /var/lib/paperdesk paperdesk
WORKDIR /opt/paperdesk
COPY package.json ./
COPY models models
COPY recording recording
COPY --from=build /build/node_modules node_modules
COPY --from=build /build/dist dist
USER paperdesk
VOLUME /var/lib/paperdesk
EXPOSE 6300
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.MODEL_MANAGER_HTTP_PORT || 6300}/health`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "dist/src/cli/paperdesk.js"]
CMD ["start"]
