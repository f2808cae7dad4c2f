// Ids of what the server has, by kind. What is used up is made again, so that requests meet something until the end.
import type { AppointmentReply } from '../../../src/protocol/appointments.ts';
import type { HoldReply } from '../../../src/protocol/holds.ts';
import { timeNow } from '../../support/clock.ts';
import { CAST, type Cast, type CastMember, tokenApart } from '../cast.ts';
import { customerOf, sessionOf } from '../security/subjects.ts';

const MOST_OF_A_KIND = 40;
const KINDS: readonly (readonly [RegExp, string])[] = [
  [/^\/v1\/locations$/, 'location'],
  [/^\/v1\/services$/, 'service'],
  [/^\/v1\/staff$/, 'staff'],
  [/^\/v1\/appointments$/, 'appointment'],
  [/^\/v1\/holds$/, 'hold'],
  [/\/blocks$/, 'block'],
  [/\/time-off$/, 'timeOff'],
];

export class KnownIds {
  readonly #cast: Cast;
  /** What whole suites stand on: never changed or removed. */
  readonly #core: Readonly<Record<string, readonly string[]>>;
  readonly #spare = new Map<string, string[]>();
  readonly #tokens = new Map<string, string>();
  #made = 0;

  constructor(cast: Cast) {
    this.#cast = cast;
    const staff = [cast.ada, cast.bo, cast.cy];
    this.#core = {
      location: [cast.berlin, cast.newYork],
      service: [cast.haircut.id, cast.yoga.id, cast.colour.id],
      staff: staff.map(({ id }) => id),
      calendar: staff.map(({ calendarId }) => calendarId),
      customer: (['clara@example.org', 'dan@example.org'] as const).map((member) => customerOf(cast.tokenOf[member])),
      session: CAST.map((member) => sessionOf(cast.tokenOf[member])),
    };
  }

  /** The text with every `@kind:index` in it replaced. `isSpare`: only by what may be changed. */
  resolve(text: string, isSpare: boolean): string {
    return text.replaceAll(/@([a-zA-Z]+):(\d+)/g, (_, kind: string, index: string) => {
      const spare = this.#spare.get(kind) ?? [];
      const core = this.#core[kind] ?? [];
      // Mostly of the few that belong together: most of the spare services are done by hardly anybody.
      const isOfCore = core.length > 0 && Number(index) % 3 > 0;
      const known = isSpare ? spare : isOfCore ? core : [...core, ...spare];
      return known[Number(index) % known.length] ?? crypto.randomUUID();
    });
  }

  /** The token of a hold or an appointment, if it is known. */
  tokenOf(id: string): string | undefined {
    return this.#tokens.get(id);
  }

  /** Remembers what was made by a POST to that path. */
  learn(path: string, body: unknown): void {
    const kind = KINDS.find(([pattern]) => pattern.test(path))?.[1];
    if (kind === undefined || typeof body !== 'object' || body === null || !('id' in body) || typeof body.id !== 'string') return;
    this.#add(kind, body.id);
    const { token, manageToken, calendarId } = body as { token?: string; manageToken?: string; calendarId?: string };
    if (token ?? manageToken) this.#tokens.set(body.id, token ?? manageToken ?? '');
    if (kind === 'staff' && calendarId !== undefined) this.#add('calendar', calendarId);
  }

  /** Makes a location, a service, somebody who does it, a hold and an appointment, which may all be broken again. */
  async restock(): Promise<void> {
    const make = async <Made extends { id: string }>(path: string, body: object, by: CastMember): Promise<Made | undefined> => {
      const { status, body: made } = await this.#cast.ask<Made>('POST', path, { body, token: tokenApart(this.#cast, by) });
      if (status >= 300) return undefined;
      this.learn(path, made);
      return made;
    };
    const owner = 'owner@example.org';
    const place = await make('/v1/locations', { name: 'Spare', timeZone: 'Europe/Berlin', currency: 'EUR' }, owner);
    const service = await make('/v1/services', { name: 'Spare', minutes: 30, staffIds: [this.#cast.ada.id] }, owner);
    if (place === undefined || service === undefined) throw new Error('nothing can be made any more');
    for (const locationId of [place.id, this.#cast.berlin]) await make('/v1/staff', { name: 'Spare', locationId, serviceIds: [service.id] }, owner);
    this.#made += 1;
    const startsAt = Temporal.Instant.fromEpochMilliseconds(timeNow())
      .round({ smallestUnit: 'hour', roundingMode: 'ceil' })
      .add({ hours: 24 * 30 + (this.#made % 200) })
      .toString();
    const override = { rules: ['outside-hours', 'off-grid'], reason: 'for tests' };
    const claim = { serviceId: this.#cast.haircut.id, staffId: this.#cast.cy.id, startsAt, override };
    await make<AppointmentReply>(
      '/v1/appointments',
      { ...claim, staffId: this.#cast.bo.id, customer: { name: 'Clara', email: 'clara@example.org' }, allowOverlap: true },
      owner,
    );
    await make<HoldReply>('/v1/holds', claim, owner);
  }

  #add(kind: string, id: string): void {
    const spare = this.#spare.get(kind) ?? [];
    spare.push(id);
    if (spare.length > MOST_OF_A_KIND) spare.shift();
    this.#spare.set(kind, spare);
  }
}
