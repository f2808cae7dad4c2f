// The process of the attackers: sockets that ask for whatever they can think of, read nothing and answer pings blindly. When one is cut it comes again.
// Arguments: the address of the server, the id of a service, how many addresses, how many sockets for each.
import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { RawWebSocket } from './raw-websocket.ts';

const QUESTIONS = 50;
const MOST_DAYS = 62;
const ADDRESSES_IN_A_ROW = 250;
const PONG_MILLISECONDS = 20_000;
const ASK_AGAIN_MILLISECONDS = 5_000;
const COME_AGAIN_MILLISECONDS = 1_000;
const LOOK_MILLISECONDS = 250;

const [url = '', serviceId = '', addresses = '1', socketsEach = '9'] = process.argv.slice(2);
const zones = Intl.supportedValuesOf('timeZone');
const from = Temporal.Now.plainDateISO('UTC').toString();
const to = Temporal.Now.plainDateISO('UTC').add({ days: MOST_DAYS }).toString();

/** Another list each time: by its zone, or by an appointment that it leaves out of the way. */
function ask(socket: RawWebSocket, round: number): void {
  for (let number = 0; number < QUESTIONS; number += 1) {
    const timeZone = zones[(round * QUESTIONS + number) % zones.length];
    const more = number % 2 === 0 ? { timeZone } : { movingAppointmentId: randomUUID() };
    socket.emit('watch-slots', { watchId: `w${number}`, serviceId, from, to, ...more }, round * QUESTIONS + number);
  }
}

async function attackOnce(address: string): Promise<void> {
  const socket = await RawWebSocket.open(url, { from: address });
  socket.send('40');
  // What comes before it is let in would end the connection.
  while (!socket.isClosed && !socket.heard.some((text) => text.startsWith('40'))) await wait(LOOK_MILLISECONDS);
  socket.stopReading();
  let pongAt = performance.now();
  let askAt = performance.now();
  for (let round = 0; !socket.isClosed; await wait(LOOK_MILLISECONDS)) {
    const now = performance.now();
    if (now >= askAt) {
      ask(socket, round);
      round += 1;
      askAt = now + ASK_AGAIN_MILLISECONDS;
    }
    if (now < pongAt) continue;
    socket.send('3');
    pongAt = now + PONG_MILLISECONDS;
  }
}

async function attackForEver(address: string): Promise<never> {
  for (;;) {
    await attackOnce(address).catch(() => undefined); // refused or cut: that is what is being tried
    await wait(COME_AGAIN_MILLISECONDS);
  }
}

const attacks: Promise<never>[] = [];
for (let number = 0; number < Number(addresses); number += 1) {
  const address = `127.1.${Math.floor(number / ADDRESSES_IN_A_ROW)}.${(number % ADDRESSES_IN_A_ROW) + 1}`;
  for (let each = 0; each < Number(socketsEach); each += 1) attacks.push(attackForEver(address));
}
await Promise.all(attacks);
