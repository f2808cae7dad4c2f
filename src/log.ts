import { type DestinationStream, type Logger, pino } from 'pino';
import type { LogLevel } from './settings/config.ts';

/** Fields that are not meant for a log. Nobody puts them there; this is for the error of a library that brings what it was given along. */
const SECRET_NAMES = [
  'accessToken',
  'apiKey',
  'authorization',
  'code',
  'cookie',
  'holdToken',
  'idempotency-key',
  'jwtSecret',
  'manageToken',
  'newPassword',
  'parameters',
  'password',
  'passwordHash',
  'recoveryCodes',
  'refreshToken',
  'secret',
  'token',
  'tokenHash',
];
const HIDDEN = '[hidden]';
/** Also inside of sentences and stacks: the password of an address, an access token, an API key, a refresh token, a bcrypt hash. */
const SECRET_SHAPES = /(?<=[a-z]:\/\/[^\s/:@"]*:)[^\s/@"]+(?=@)|eyJ[\w-]{10,}\.[\w-]+\.[\w-]+|sl[kr]_[\w-]{43}|\$2[aby]\$\d\d\$[./A-Za-z0-9]{53}/g;

/** What the server says of itself: one object a line. Nothing secret is handed to it; what comes through by mistake is hidden by name and by shape. */
export function openLog(level: LogLevel, destination: DestinationStream): Logger {
  return pino(
    {
      level,
      serializers: { err: pino.stdSerializers.err, error: pino.stdSerializers.err },
      redact: { paths: SECRET_NAMES.flatMap((name) => [at(name), `*${at(name)}`, `*.*${at(name)}`]), censor: HIDDEN },
      hooks: { streamWrite: (line) => line.replace(SECRET_SHAPES, HIDDEN) },
    },
    destination,
  );
}

function at(name: string): string {
  return `["${name}"]`;
}
