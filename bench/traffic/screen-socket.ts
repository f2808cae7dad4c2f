import { io, type Socket } from 'socket.io-client';
import type { Acknowledgement, ScreenMessageSent, ScreenToServer, ServerMessageBody, ServerToScreen } from '../../src/protocol/socket.ts';
import type { Applied, BoardModel } from './board-model.ts';
import type { Attempt, Caller, KeyedClaim } from './claims.ts';
import type { Run } from './run.ts';
import type { SlotsModel } from './slots-model.ts';

const PATIENCE_MILLISECONDS = 15_000;
const MOST_WATCH_ATTEMPTS = 8;

type Question<Name extends 'watch-board' | 'watch-slots'> = Omit<ScreenMessageSent<Name>, 'watchId' | 'since'>;
type Since = { readonly era: string; readonly revisions: Record<string, number> };
type Kept = {
  /** Asks the server; resolves to what is wrong with the answer, if anything is. */
  readonly ask: (since: Since | undefined) => Promise<Acknowledgement<object>>;
  readonly model: Pick<BoardModel | SlotsModel, 'era' | 'revisions'>;
  asking: Promise<boolean> | undefined;
  /** Something went wrong while it was being asked. */
  askAgain: boolean;
  /** Changes that came while the snapshot was on its way. */
  early: (() => Applied)[];
};

/** One open page: makes claims, and keeps its models right whatever gets lost. */
export class ScreenSocket implements Caller {
  readonly transport = 'socket';
  readonly as: Caller['as'];
  readonly #run: Run;
  readonly #socket: Socket<ServerToScreen, ScreenToServer>;
  readonly #boards = new Map<string, BoardModel>();
  readonly #slots = new Map<string, SlotsModel>();
  readonly #kept = new Map<string, Kept>();

  /** A token that is a function is asked for at every connection, so that a screen may outlive its first one. */
  constructor(run: Run, accessToken: string | null | (() => string)) {
    this.#run = run;
    this.as = accessToken === null ? 'guest' : 'desk';
    this.#socket = io(run.options.url, {
      transports: ['websocket'],
      auth: (give) => give(accessToken === null ? {} : { token: typeof accessToken === 'function' ? accessToken() : accessToken }),
      forceNew: true,
      reconnectionDelay: 200,
      reconnectionDelayMax: 2_000,
      timeout: PATIENCE_MILLISECONDS,
    });
    this.#listen();
  }

  /** Waits until there is a connection; false if there is none in time. */
  async connected(): Promise<boolean> {
    if (this.#socket.connected || this.#run.isServerGone) return this.#socket.connected;
    const over = AbortSignal.any([this.#run.serverGone, AbortSignal.timeout(PATIENCE_MILLISECONDS)]);
    return new Promise((resolve) => {
      const isConnected = () => resolve(true);
      this.#socket.once('connect', isConnected);
      over.addEventListener('abort', () => {
        this.#socket.off('connect', isConnected);
        resolve(false);
      });
    });
  }

  /** Opens a board that stays right until `close`; false if the server would not have it. */
  watchBoard(watchId: string, question: Question<'watch-board'>, model: BoardModel): Promise<boolean> {
    this.#boards.set(watchId, model);
    return this.#keep(watchId, model, async (since) => {
      const answer = await this.#socket.timeout(PATIENCE_MILLISECONDS).emitWithAck('watch-board', { ...question, watchId, ...(since && { since }) });
      if (answer.ok) this.#complain(model.takeSnapshot(answer));
      return answer;
    });
  }

  /** The same for free times. */
  watchSlots(watchId: string, question: Question<'watch-slots'>, model: SlotsModel): Promise<boolean> {
    this.#slots.set(watchId, model);
    return this.#keep(watchId, model, async (since) => {
      const answer = await this.#socket.timeout(PATIENCE_MILLISECONDS).emitWithAck('watch-slots', { ...question, watchId, ...(since && { since }) });
      if (answer.ok) this.#complain(model.takeSnapshot(answer));
      return answer;
    });
  }

  unwatch(watchId: string): void {
    this.#kept.delete(watchId);
    this.#boards.delete(watchId);
    this.#slots.delete(watchId);
    if (this.#socket.connected) this.#socket.emit('unwatch', { watchId }, () => undefined);
  }

  async attempt({ key, operation, body, ...ids }: KeyedClaim): Promise<Attempt> {
    if (!(await this.connected())) return { type: 'lost', why: 'no connection' };
    try {
      // Which body goes with which message is decided where claims are made; a wrong one is refused and shows in the report.
      const message = { ...ids, ...body, key } as never;
      const answer: Acknowledgement<object> = await this.#socket.timeout(PATIENCE_MILLISECONDS).emitWithAck(operation, message);
      return answer.ok ? { type: 'ok', body: answer } : { type: 'problem', problem: answer.problem };
    } catch (failure) {
      return { type: 'lost', why: failure instanceof Error ? failure.message : String(failure) };
    }
  }

  close(): void {
    this.#kept.clear();
    this.#socket.disconnect();
  }

  #listen(): void {
    const { tally } = this.#run;
    this.#socket.on('connect', () => {
      for (const watchId of this.#kept.keys()) void this.#ask(watchId);
    });
    this.#socket.on('connect_error', (failure) => {
      if (this.#socket.active) void this.#run.checkServer();
      else tally.surprise(`a socket was refused: ${failure.message}`);
    });
    this.#socket.on('disconnect', (reason) => {
      // The client does not come back by itself when the server hung up.
      if (reason === 'io server disconnect') this.#socket.connect();
      if (reason !== 'io client disconnect') void this.#run.checkServer();
    });
    this.#socket.on('board-changed', (change) => this.#pushed(change.watchId, () => this.#boards.get(change.watchId)?.change(change) ?? 'old'));
    this.#socket.on('slots-changed', (change) => this.#pushed(change.watchId, () => this.#slots.get(change.watchId)?.change(change) ?? 'old'));
    this.#socket.on('resync', ({ watchId }) => {
      tally.resyncs += 1;
      void this.#ask(watchId);
    });
    this.#socket.on('beacon', (beacon) => this.#compare(beacon));
  }

  #pushed(watchId: string, apply: () => Applied): void {
    this.#run.tally.pushes += 1;
    const kept = this.#kept.get(watchId);
    if (kept?.asking !== undefined) kept.early.push(apply);
    else if (kept !== undefined && apply() === 'gap') this.#missed(watchId);
  }

  #missed(watchId: string): void {
    this.#run.tally.gaps += 1;
    void this.#ask(watchId);
  }

  #compare({ era, revisions }: ServerMessageBody<'beacon'>): void {
    this.#run.tally.beacons += 1;
    for (const [watchId, { model, asking }] of this.#kept) {
      const isBehind = model.era !== era || Object.entries(model.revisions).some(([calendarId, revision]) => revision < (revisions[calendarId] ?? 0));
      if (asking === undefined && isBehind) this.#missed(watchId);
    }
  }

  async #keep(watchId: string, model: Kept['model'], ask: Kept['ask']): Promise<boolean> {
    const kept: Kept = { ask, model, asking: undefined, askAgain: false, early: [] };
    this.#kept.set(watchId, kept);
    // The one who notices the connection asks for all watches.
    return (await this.connected()) && (kept.asking ?? this.#ask(watchId));
  }

  /** Asks for a watch until it has been answered, with what the model has already. */
  async #ask(watchId: string): Promise<boolean> {
    const kept = this.#kept.get(watchId);
    if (kept === undefined) return false;
    if (kept.asking !== undefined) {
      kept.askAgain = true;
      return kept.asking;
    }
    Object.assign(kept, { askAgain: false, early: [], asking: this.#askPatiently(watchId, kept) });
    const isAnswered = await kept.asking;
    kept.asking = undefined;
    const isMissing = kept.early.map((apply) => apply()).includes('gap');
    if ((isMissing || kept.askAgain) && this.#kept.get(watchId) === kept) void this.#ask(watchId);
    return isAnswered === true;
  }

  async #askPatiently(watchId: string, kept: Kept): Promise<boolean> {
    for (let attempt = 1; attempt <= MOST_WATCH_ATTEMPTS && !this.#run.isServerGone && this.#kept.get(watchId) === kept; attempt += 1) {
      const { era, revisions } = kept.model;
      const answer = await kept.ask(era === '' ? undefined : { era, revisions }).catch(() => undefined);
      if (answer?.ok) return true;
      const code = answer?.problem.code;
      if (code === undefined) {
        // Without a connection, the next one asks again.
        if (!this.#socket.connected) return false;
      } else if (code === 'rate-limited' || code === 'overloaded') {
        this.#run.tally.waits += 1;
      } else {
        this.#complain(`a watch was refused: ${JSON.stringify(answer)}`);
        return false;
      }
      await this.#run.patience((answer?.ok === false ? (answer.problem.retryAfterSeconds ?? 1) : 0.3) * 1_000);
    }
    return false;
  }

  #complain(what: string | undefined): void {
    if (what !== undefined) this.#run.tally.surprise(what);
  }
}
