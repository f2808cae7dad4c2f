// Pages that are open all the time, and what is on them.

import { BoardModel } from '../../bench/traffic/board-model.ts';
import { ClaimJournal } from '../../bench/traffic/journal.ts';
import { Run } from '../../bench/traffic/run.ts';
import { ScreenSocket } from '../../bench/traffic/screen-socket.ts';
import { SlotsModel } from '../../bench/traffic/slots-model.ts';
import { Tally } from '../../bench/traffic/tally.ts';
import type { ScreenLine, SlotsQuestion } from '../history/lines.ts';
import type { Scene } from './scene.ts';

const WATCH = 'watch';

/** Servers come and go here, and nobody gives up because one is away. */
class PatientRun extends Run {
  override async checkServer(): Promise<void> {}
}

export type Screen = {
  readonly name: string;
  readonly what: ScreenLine['what'];
  /** The revision that each of its calendars has on it. */
  readonly revisions: ReadonlyMap<string, number>;
  show(at: number, isFinal: boolean): ScreenLine;
  close(): void;
};
export type BoardScreen = Screen & { readonly board: BoardModel };

/** Counts and complains for all screens of a run. */
export class Screens {
  readonly tally = new Tally();
  readonly #scene: Scene;

  constructor(scene: Scene) {
    this.#scene = scene;
  }

  /** A front desk's. `watches`: how many times it has the same board open. */
  openBoard(name: string, url: string, watches = 1): BoardScreen {
    const { from, to } = this.#scene.world.shop;
    const boards = Array.from({ length: watches }, () => new BoardModel());
    const socket = new ScreenSocket(this.#runAt(url), () => this.#scene.login.token);
    for (const [index, board] of boards.entries()) void socket.watchBoard(`${WATCH} ${index}`, { from, to, timeZone: 'Etc/UTC' }, board);
    const [board] = boards;
    if (board === undefined) throw new RangeError('a board that is not watched');
    return {
      name,
      what: 'board',
      board,
      get revisions() {
        return new Map([...board.columns].map(([calendarId, { revision }]) => [calendarId, revision]));
      },
      show: (at, isFinal) => ({
        line: 'screen',
        what: 'board',
        screen: name,
        at,
        era: board.era,
        isFinal,
        from,
        to,
        columns: [...board.columns].map(([calendarId, { revision, claims }]) => ({ calendarId, revision, claims: [...claims.values()] })),
      }),
      close: () => socket.close(),
    };
  }

  /** A customer's. */
  openSlots(name: string, url: string, question: SlotsQuestion): Screen {
    const model = new SlotsModel();
    const socket = new ScreenSocket(this.#runAt(url), null);
    void socket.watchSlots(WATCH, { ...question, timeZone: 'Etc/UTC' }, model);
    return {
      name,
      what: 'slots',
      get revisions() {
        return new Map([...model.columns].map(([calendarId, { revision }]) => [calendarId, revision]));
      },
      show: (at, isFinal) => ({
        line: 'screen',
        what: 'slots',
        screen: name,
        at,
        era: model.era,
        isFinal,
        question,
        columns: [...model.columns].map(([calendarId, { revision, starts }]) => ({ calendarId, revision, starts: [...starts] })),
      }),
      close: () => socket.close(),
    };
  }

  #runAt(url: string): Run {
    const options = {
      url,
      customers: 0,
      desks: 0,
      seconds: 0,
      seed: 0,
      isJson: false,
      journal: null,
      toleratesCrash: true,
      deskEmail: '',
      deskPassword: '',
    };
    return new PatientRun(options, this.tally, new ClaimJournal(null));
  }
}
