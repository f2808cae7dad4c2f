# One stage is enough: there is no server build, and the pages are bundled here so that a container starts at once.
FROM node:26-bookworm-slim
WORKDIR /app

COPY package.json package-lock.json .npmrc ./
# Not --omit=optional: the bundler's own binary is an optional platform package.
RUN npm ci --omit=dev

COPY tsconfig.json ./
COPY src ./src
COPY web ./web
# Problem pages are made of it.
COPY docs ./docs
RUN npm run build:web && mkdir data && chown -R node:node data dist

USER node
ENV HOST=0.0.0.0
EXPOSE 3000
HEALTHCHECK --interval=5s --timeout=3s --start-period=20s \
  CMD ["node", "-e", "fetch('http://127.0.0.1:3000/readyz').then((reply) => process.exit(reply.ok ? 0 : 1), () => process.exit(1))"]
# Not through npm: a signal has to reach the server itself, so that it drains.
CMD ["node", "src/main.ts"]
