// A WebSocket that does what no library would: it stops reading, answers pings blindly, sends whatever it likes, and may come from any address of this machine.
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

const TEXT = 0x81;
const MASKED = 0x80;
const TWO_BYTES = 126;
const EIGHT_BYTES = 127;
const TWO_BYTES_MOST = 0xffff;
const HEADERS_END = Buffer.from('\r\n\r\n');

export type RawOptions = {
  /** Of this machine: 127.0.x.y. */
  readonly from?: string;
  /** What follows `/socket.io/?EIO=4&transport=websocket`. */
  readonly search?: string;
};

export class RawWebSocket {
  /** Text frames, in order. */
  readonly heard: string[] = [];
  readonly #socket: Socket;
  #buffer: Buffer = Buffer.alloc(0);
  #isUpgraded = false;
  isClosed = false;
  onText: (text: string) => void = () => undefined;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (chunk: Buffer) => this.#read(chunk));
    socket.on('close', () => {
      this.isClosed = true;
    });
    socket.on('error', () => undefined); // it is closed then, which is what is looked at
  }

  /** Rejects if there is no connection. The answer to the handshake is not waited for. */
  static async open(url: string, { from, search = '' }: RawOptions = {}): Promise<RawWebSocket> {
    const { hostname, port, host } = new URL(url);
    const socket = connect({ host: hostname, port: Number(port), ...(from !== undefined && { localAddress: from }) });
    await once(socket, 'connect');
    socket.write(
      [
        `GET /socket.io/?EIO=4&transport=websocket${search} HTTP/1.1`,
        `Host: ${host}`,
        'Connection: Upgrade',
        'Upgrade: websocket',
        'Sec-WebSocket-Version: 13',
        `Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}`,
        '\r\n',
      ].join('\r\n'),
    );
    return new RawWebSocket(socket);
  }

  /** Sends one text frame. */
  send(text: string): void {
    if (!this.isClosed) this.#socket.write(frame(text));
  }

  /** An event of Socket.IO; with a number it asks for an acknowledgement. */
  emit(name: string, body: unknown, acknowledgement?: number): void {
    this.send(`42${acknowledgement ?? ''}${JSON.stringify([name, body])}`);
  }

  stopReading(): void {
    this.#socket.pause();
  }

  destroy(): void {
    this.#socket.destroy();
  }

  #read(chunk: Buffer): void {
    this.#buffer = Buffer.concat([this.#buffer, chunk]);
    if (!this.#isUpgraded) {
      const end = this.#buffer.indexOf(HEADERS_END);
      if (end < 0) return;
      this.#isUpgraded = true;
      this.#buffer = this.#buffer.subarray(end + HEADERS_END.length);
    }
    for (let text = this.#nextText(); text !== undefined; text = this.#nextText()) {
      this.heard.push(text);
      this.onText(text);
    }
  }

  /** Servers do not mask. Frames that are no text are passed over. */
  #nextText(): string | undefined {
    while (this.#buffer.length >= 2) {
      const short = this.#buffer.readUInt8(1);
      const header = short === TWO_BYTES ? 4 : short === EIGHT_BYTES ? 10 : 2;
      if (this.#buffer.length < header) return undefined;
      const length = short === TWO_BYTES ? this.#buffer.readUInt16BE(2) : short === EIGHT_BYTES ? Number(this.#buffer.readBigUInt64BE(2)) : short;
      if (this.#buffer.length < header + length) return undefined;
      const isText = this.#buffer.readUInt8(0) === TEXT;
      const text = this.#buffer.toString('utf8', header, header + length);
      this.#buffer = this.#buffer.subarray(header + length);
      if (isText) return text;
    }
    return undefined;
  }
}

function frame(text: string): Buffer {
  const payload = Buffer.from(text);
  const mask = randomBytes(4);
  for (const [index, byte] of payload.entries()) payload[index] = byte ^ mask.readUInt8(index % mask.length);
  const { length } = payload;
  const header = length < TWO_BYTES ? Buffer.from([TEXT, MASKED | length]) : longHeader(length);
  return Buffer.concat([header, mask, payload]);
}

function longHeader(length: number): Buffer {
  const header = Buffer.alloc(length <= TWO_BYTES_MOST ? 4 : 10);
  header.writeUInt8(TEXT, 0);
  header.writeUInt8(MASKED | (length <= TWO_BYTES_MOST ? TWO_BYTES : EIGHT_BYTES), 1);
  if (length <= TWO_BYTES_MOST) header.writeUInt16BE(length, 2);
  else header.writeBigUInt64BE(BigInt(length), 2);
  return header;
}
