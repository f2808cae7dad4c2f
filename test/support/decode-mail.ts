// Reads a mail as its reader's program would: RFC 5322, 2047, 2045 and 2046, as far as text needs it. It shares no code with what wrote it.

export type DecodedMail = {
  /** By name in lower case, unfolded and decoded; a name that comes twice is there twice. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** The plain text. */
  readonly text: string;
  /** The first part of this type, as in `text/calendar`; undefined: there is none. */
  part(type: string): string | undefined;
  /** One line of it, as in `header('subject')`; throws unless there is exactly one. */
  header(name: string): string;
  /** As it came, one character a byte. */
  readonly raw: string;
};

export function decodeMail(raw: string): DecodedMail {
  const { headers, header, body } = entityOf(raw);
  const parts = partsOf(raw);
  const part = (type: string) => parts.find((one) => one.type === type)?.text;
  return { headers, header, text: part('text/plain') ?? body, part, raw };
}

type Part = { readonly type: string; readonly text: string };

/** Of an entity whose parts may have parts of their own. */
function partsOf(raw: string): readonly Part[] {
  const { headers, body } = entityOf(raw);
  const headerOf = (name: string) => headers.find(([each]) => each === name)?.[1];
  const type = headerOf('content-type') ?? 'text/plain';
  const boundary = /boundary="?([^";]+)"?/i.exec(type)?.[1];
  if (boundary !== undefined) {
    const pieces = `\r\n${body}`.split(`\r\n--${boundary}`).slice(1, -1);
    return pieces.flatMap((piece) => partsOf(piece.slice(2)));
  }
  const text = decodeBody(body, headerOf('content-transfer-encoding') ?? '7bit').replaceAll('\r\n', '\n');
  return [{ type: (type.split(';')[0] ?? '').toLowerCase(), text }];
}

function entityOf(raw: string): Pick<DecodedMail, 'headers' | 'header'> & { readonly body: string } {
  const end = raw.indexOf('\r\n\r\n');
  const headers = raw
    .slice(0, end)
    .replaceAll(/\r\n[ \t]+/g, ' ')
    .split('\r\n')
    .map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), decodeWords(line.slice(line.indexOf(':') + 1).trim())] as const);
  const header = (name: string): string => {
    const [found, ...others] = headers.filter(([each]) => each === name);
    if (found === undefined || others.length > 0) throw new Error(`there are ${others.length + (found === undefined ? 0 : 1)} headers ${name}`);
    return found[1];
  };
  return { headers, header, body: raw.slice(end + 4) };
}

function decodeBody(body: string, encoding: string): string {
  if (encoding === 'base64') return Buffer.from(body, 'base64').toString();
  return Buffer.from(encoding === 'quoted-printable' ? unquoted(body.replaceAll('=\r\n', '')) : body, 'latin1').toString();
}

function decodeWords(text: string): string {
  return text
    .replaceAll(/\?=\s+=\?/g, '?==?')
    .replaceAll(/=\?utf-8\?([bq])\?([^?]*)\?=/gi, (_word, how: string, coded: string) =>
      how.toLowerCase() === 'b' ? Buffer.from(coded, 'base64').toString('latin1') : unquoted(coded.replaceAll('_', ' ')),
    )
    .replace(/^.*$/s, (bytes) => Buffer.from(bytes, 'latin1').toString());
}

/** One character a byte. */
function unquoted(text: string): string {
  return text.replaceAll(/=([0-9A-F]{2})/gi, (_all, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
}
