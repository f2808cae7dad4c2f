// Writes words that are found nowhere else into every text field there is, in both places of the business.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { ClaimTokens } from '../../../src/access/claim-tokens.ts';
import { TokenKeys } from '../../../src/access/token-keys.ts';
import { ROUTES } from '../../../src/gateway/http/routes.ts';
import { TEST_SECRET } from '../../support/test-server.ts';
import { berlinTime } from '../business.ts';
import type { Cast } from '../cast.ts';
import { type Class, FIELDS, type Place } from './field-table.ts';

/** Any date will do. */
export const NOTED_ON = '2031-05-01';

export type Planted = { readonly mark: string; readonly field: string; readonly class: Class | 'unkept' };

export class Planting {
  readonly planted: Planted[] = [];
  /** What can stand in an address, by where in it. */
  readonly appointmentIds: string[] = [];
  readonly otherIds: string[] = [];
  readonly manageTokens = new Map<string, string>();
  readonly #cast: Cast;

  constructor(cast: Cast) {
    this.#cast = cast;
  }

  /** As the owner, who may do everything; it has to succeed. */
  async write(method: string, path: string, body: object, headers: Readonly<Record<string, string>> = {}) {
    const said = await this.#cast.ask(method, path, { body, headers, token: this.#cast.tokenOf['owner@example.org'] });
    assert.ok(said.status < 300, `${method} ${path}: ${said.text}`);
    return said.body;
  }

  async plantCatalog(): Promise<void> {
    const location = {
      name: this.#mark('post /v1/locations name'),
      address: this.#mark('post /v1/locations address'),
      phone: this.#mark('post /v1/locations phone'),
    };
    const other = await this.write('POST', '/v1/locations', { ...location, timeZone: 'UTC', currency: 'EUR' });
    const [name, address, phone] = ['name', 'address', 'phone'].map((field) => this.#mark(`patch /v1/locations/{id} ${field}`));
    await this.write('PATCH', `/v1/locations/${this.#cast.berlin}`, { name, address, phone });
    const service = this.#marks('post /v1/services', ['name', 'description', 'category']);
    const { id: serviceId } = await this.write('POST', '/v1/services', {
      ...service,
      minutes: 30,
      questions: this.#questions('post /v1/services'),
      addOns: this.#addOns('post /v1/services'),
    });
    const changed = this.#marks('patch /v1/services/{id}', ['name', 'description', 'category']);
    await this.write('PATCH', `/v1/services/${this.#cast.yoga.id}`, {
      ...changed,
      questions: this.#questions('patch /v1/services/{id}'),
      addOns: this.#addOns('patch /v1/services/{id}'),
    });
    await this.write('PATCH', `/v1/services/${this.#cast.colour.id}`, { staffIds: [this.#cast.ada.id, this.#cast.cy.id] });
    const member = { name: this.#mark('post /v1/staff name'), email: this.#mark('post /v1/staff email'), locationId: other.id };
    const { id: staffId } = await this.write('POST', '/v1/staff', member);
    await this.write('PATCH', `/v1/staff/${this.#cast.bo.id}`, {
      name: this.#mark('patch /v1/staff/{id} name'),
      email: this.#mark('patch /v1/staff/{id} email'),
    });
    const room = { name: this.#mark('post /v1/resources name'), kind: this.#mark('post /v1/resources kind'), locationId: other.id };
    await this.write('POST', '/v1/resources', room);
    for (const { id, calendarId, locationId } of this.#cast.rooms.values()) {
      if (locationId === this.#cast.berlin)
        await this.write('PATCH', `/v1/resources/${id}`, {
          name: this.#mark('patch /v1/resources/{id} name'),
          kind: this.#mark('patch /v1/resources/{id} kind'),
        });
      this.otherIds.push(calendarId);
    }
    this.otherIds.push(this.#cast.rooms.get(this.#cast.berlin)?.id);
    await this.write('PATCH', '/v1/settings', { name: this.#mark('patch /v1/settings name') });
    const template = '/v1/message-templates/appointment-declined/email/pt';
    for (const [method, name, path] of [
      ['PUT', 'put /v1/message-templates/{kind}/{channel}/{locale}', template],
      ['POST', 'post /v1/message-templates/{kind}/{channel}/{locale}/preview', `${template}/preview`],
    ] as const)
      await this.write(method, path, { subject: this.#mark(`${name} subject`), body: this.#mark(`${name} body`) });
    const words = this.#mark('post /v1/messages/bounces report');
    const report = `Content-Type: multipart/report; boundary=b\n\n--b\nContent-Type: message/delivery-status\n\nX: y\n\nAction: failed\nDiagnostic-Code: smtp; 550 ${words}\n--b--\n`;
    await this.write('POST', '/v1/messages/bounces', { report });
    this.otherIds.push(other.id, this.#cast.berlin, this.#cast.newYork, serviceId, this.#cast.yoga.id, staffId);
    this.otherIds.push(...[this.#cast.ada, this.#cast.bo, this.#cast.cy].flatMap(({ id, calendarId }) => [id, calendarId]));
  }

  async plantAccounts(): Promise<void> {
    const user = await this.write('POST', '/v1/users', { name: this.#mark('post /v1/users name'), email: this.#mark('post /v1/users email'), role: 'manager' });
    const other = await this.write('POST', '/v1/users', { name: 'Someone', email: 'someone@example.org', role: 'manager' });
    await this.write('PATCH', `/v1/users/${other.id}`, { name: this.#mark('patch /v1/users/{id} name') });
    const key = await this.write('POST', '/v1/api-keys', { name: this.#mark('post /v1/api-keys name'), scopes: ['catalog:read'] });
    this.otherIds.push(user.id, other.id, key.id);
    // As a stranger would, and as somebody who is logged in would: most of it is refused, and none of it is kept.
    for (const route of ROUTES.filter(({ path, method }) => path.startsWith('/v1/auth/') && method === 'post')) {
      const name = `${route.method} ${route.path}`;
      const fields = Object.keys(FIELDS).filter((field) => field.startsWith(`${name} `));
      const body = Object.fromEntries(fields.map((field) => [field.slice(name.length + 1), this.#mark(field)]));
      // With a token, logging out would end the session of the one who reads later.
      const token = route.path.endsWith('/logout') ? undefined : this.#cast.tokenOf['dan@example.org'];
      for (const shown of [undefined, token]) await this.#cast.ask('POST', route.path, { token: shown, body });
    }
  }

  #addOns(route: string) {
    return [{ id: randomUUID(), name: this.#mark(`${route} addOns[].name`) }];
  }

  /** The condition of one question names another, so both have words of their own. */
  #questions(route: string) {
    const [text, option, question, answer] = ['text', 'options[]', 'shownWhen.question', 'shownWhen.answer'].map((field) =>
      this.#mark(`${route} questions[].${field}`),
    );
    return [
      { text, kind: 'choice', options: [option, 'another'] },
      { text: question, kind: 'choice', options: [answer, 'another'] },
      { text: 'Since when?', kind: 'text', shownWhen: { question, answer } },
    ];
  }

  /** The mailbox that a guest names for a code. */
  async plantProof(): Promise<void> {
    await this.write('PATCH', '/v1/settings', { guestProof: 'email' });
    const hold = { serviceId: this.#cast.haircut.id, staffId: this.#cast.ada.id, startsAt: berlinTime(9, '16:00') };
    const held = await this.#cast.ask('POST', '/v1/holds', { body: hold });
    const email = this.#mark('post /v1/holds/{id}/proof email');
    const said = await this.#cast.ask('POST', `/v1/holds/${held.body.id}/proof`, { body: { email }, headers: { 'hold-token': held.body.token } });
    assert.ok(said.status < 300, said.text);
    await this.write('PATCH', '/v1/settings', { guestProof: 'none' });
  }

  /** There is no provider, and nothing is due for what is held; what was paid at the desk goes back for a reason. */
  async plantMoney(): Promise<void> {
    const slot = { serviceId: this.#cast.haircut.id, staffId: this.#cast.ada.id };
    const { id, token } = (await this.#cast.ask('POST', '/v1/holds', { body: { ...slot, startsAt: berlinTime(9, '15:00') } })).body;
    const of = (field: string) => this.#mark(`post /v1/holds/{id}/payment ${field}`);
    const customer = { name: of('customer.name'), email: of('customer.email'), phone: of('customer.phone') };
    const body = { customer, notes: of('notes'), answers: { [of('answers{}')]: 'yes' } };
    await this.#cast.ask('POST', `/v1/holds/${id}/payment`, { body, headers: { 'hold-token': token } });
    await this.#cast.ask('POST', '/v1/payments/test/pay', {
      body: { clientSecret: this.#mark('post /v1/payments/test/pay clientSecret'), card: '4242424242424242' },
    });
    const booked = { ...slot, startsAt: berlinTime(9, '14:00'), customer: { name: 'Grace', email: 'grace@example.org' } };
    const made = await this.write('POST', '/v1/appointments', booked);
    const amount = { amount: 100, currency: 'EUR' };
    await this.write('POST', `/v1/appointments/${made.id}/payments`, { method: 'cash', amount });
    const reason = this.#mark('put /v1/appointments/{id}/no-show-fee reason');
    await this.#cast.ask('PUT', `/v1/appointments/${made.id}/no-show-fee`, {
      body: { isWaived: true, reason },
      token: this.#cast.tokenOf['owner@example.org'],
    });
    await this.write('POST', `/v1/appointments/${made.id}/refunds`, { amount, reason: this.#mark('post /v1/appointments/{id}/refunds reason') });
  }

  async plantAppointments(place: Place): Promise<void> {
    const { id: staffId } = place === 'Berlin' ? this.#cast.ada : this.#cast.cy;
    const text = this.#mark('put /v1/locations/{id}/day-notes/{date} text', place);
    await this.write('PUT', `/v1/locations/${place === 'Berlin' ? this.#cast.berlin : this.#cast.newYork}/day-notes/${NOTED_ON}`, { text });
    let day = 10;
    /** At an hour at which both are open. */
    const book = async (more: object = {}, serviceId = this.#cast.haircut.id) => {
      day += 1;
      const customer = { name: 'Grace', email: 'grace@example.org' };
      const made = await this.write('POST', '/v1/appointments', {
        serviceId,
        staffId,
        startsAt: berlinTime(day, '16:00'),
        customer,
        allowOverlap: true,
        ...more,
      });
      this.appointmentIds.push(made.id);
      this.manageTokens.set(made.id, made.manageToken);
      return made.id;
    };
    const of = (field: string) => this.#mark(`post /v1/appointments ${field}`, place);
    const override = (reason: string) => ({ rules: ['outside-hours', 'off-grid'], reason });
    const answers = of('answers{}');
    await book({
      customer: { name: of('customer.name'), email: of('customer.email'), phone: of('customer.phone') },
      notes: of('notes'),
      staffNotes: of('staffNotes'),
      answers: { [answers]: answers },
      override: override(of('override.reason')),
    });
    const change = async (id: string, how: string, body: object) => this.write('POST', `/v1/appointments/${id}/${how}`, body);
    await change(await book(), 'cancel', { reason: this.#mark('post /v1/appointments/{id}/cancel reason', place) });
    await change(await book({}, this.#cast.colour.id), 'decline', { reason: this.#mark('post /v1/appointments/{id}/decline reason', place) });
    const reason = this.#mark('post /v1/appointments/{id}/reschedule override.reason', place);
    await change(await book(), 'reschedule', { startsAt: berlinTime(day, '16:07'), override: override(reason), allowOverlap: true });
    const edited = (field: string) => this.#mark(`patch /v1/appointments/{id} ${field}`, place);
    const changed = await book();
    await this.write('PATCH', `/v1/appointments/${changed}`, {
      ...{ minutes: 45, allowOverlap: true, customer: { name: edited('customer.name'), email: edited('customer.email'), phone: edited('customer.phone') } },
      ...{ notes: edited('notes'), staffNotes: edited('staffNotes'), override: override(edited('override.reason')) },
    });
    this.#correctLink(changed);
    const hold = { serviceId: this.#cast.haircut.id, staffId, startsAt: berlinTime(20, '16:07') };
    await this.write('POST', '/v1/holds', { ...hold, override: override(this.#mark('post /v1/holds override.reason')) });
    const away = { startsAt: berlinTime(30, '15:00'), endsAt: berlinTime(30, '17:00') };
    await this.write('POST', `/v1/staff/${staffId}/time-off`, { ...away, reason: this.#mark('post /v1/staff/{id}/time-off reason', place) });
    await this.#plantRequests(staffId, place);
    const blocked = { startsAt: berlinTime(31, '15:00'), endsAt: berlinTime(31, '17:00') };
    await this.write('POST', `/v1/staff/${staffId}/blocks`, { ...blocked, reason: this.#mark('post /v1/staff/{id}/blocks reason', place) });
  }

  /** The staff member asks for themselves; one request is approved and another declined. */
  async #plantRequests(staffId: string, place: Place): Promise<void> {
    const token = this.#cast.tokenOf[place === 'Berlin' ? 'ada@example.org' : 'cy@example.org'];
    const ask = async (day: number) => {
      const note = this.#mark('post /v1/staff/{id}/time-off-requests note', place);
      const body = { startsAt: berlinTime(day, '15:00'), endsAt: berlinTime(day, '17:00'), kind: 'family', note };
      const said = await this.#cast.ask('POST', `/v1/staff/${staffId}/time-off-requests`, { token, body });
      assert.equal(said.status, 201, said.text);
      return `/v1/time-off-requests/${said.body.id}`;
    };
    const [approved, declined] = [await ask(32), await ask(35)];
    const { planId } = await this.write('POST', `${approved}/approve?plan=true`, {});
    await this.write('POST', `${approved}/approve?planId=${planId}`, {
      stranded: {},
      answer: this.#mark('post /v1/time-off-requests/{id}/approve answer', place),
    });
    await this.write('POST', `${declined}/decline`, { answer: this.#mark('post /v1/time-off-requests/{id}/decline answer', place) });
  }

  /** Records, of somebody who is booked there: what was written when they were made, and what was changed later. */
  async plantCustomers(place: Place): Promise<void> {
    const { id: staffId } = place === 'Berlin' ? this.#cast.ada : this.#cast.cy;
    const words = (route: string) => {
      const of = (field: string) => this.#mark(`${route} ${field}`, place);
      return { name: of('name'), email: of('email'), phone: of('phone'), notes: of('notes'), staffNotes: of('staffNotes'), tags: [of('tags[]')] };
    };
    const made = [await this.write('POST', '/v1/customers', words('post /v1/customers')), await this.write('POST', '/v1/customers', { name: 'Plain' })];
    for (const [index, { id }] of made.entries()) {
      const claim = { serviceId: this.#cast.haircut.id, staffId, startsAt: berlinTime(33 + index, '16:00') };
      const booked = await this.write('POST', '/v1/appointments', { ...claim, customer: { id } });
      this.appointmentIds.push(booked.id);
      this.manageTokens.set(booked.id, booked.manageToken);
      this.otherIds.push(id);
    }
    await this.write('PATCH', `/v1/customers/${made[1].id}`, words('patch /v1/customers/{id}'));
    this.#correctLink(this.appointmentIds.at(-1) ?? '');
  }

  /** As messages have it that are sent after the address was corrected. */
  #correctLink(appointmentId: string): void {
    this.manageTokens.set(appointmentId, new ClaimTokens(new TokenKeys(TEST_SECRET)).manageToken(appointmentId, 1));
  }

  async plantRoom(place: Place): Promise<void> {
    const { id } = this.#cast.rooms.get(place === 'Berlin' ? this.#cast.berlin : this.#cast.newYork) ?? assert.fail(place);
    const away = { startsAt: berlinTime(30, '15:00'), endsAt: berlinTime(30, '17:00') };
    await this.write('POST', `/v1/resources/${id}/time-off`, { ...away, reason: this.#mark('post /v1/resources/{id}/time-off reason', place) });
    const blocked = { startsAt: berlinTime(31, '15:00'), endsAt: berlinTime(31, '17:00') };
    await this.write('POST', `/v1/resources/${id}/blocks`, { ...blocked, reason: this.#mark('post /v1/resources/{id}/blocks reason', place) });
  }

  #marks(route: string, fields: readonly string[]): Readonly<Record<string, string>> {
    return Object.fromEntries(fields.map((field) => [field, this.#mark(`${route} ${field}`)]));
  }

  /** Words for a field that are found nowhere else; another one for each place. */
  #mark(field: string, place: Place | null = null): string {
    const kept = FIELDS[field] ?? assert.fail(`${field} is not in the table`);
    const number = 1_000 + this.planted.length;
    const text = /password$/i.test(field)
      ? `quagga tractor ${number} violet`
      : /email$/.test(field)
        ? `quagga-${number}@secret.example`
        : /phone$/.test(field)
          ? `+49 555 77${number}`
          : `Quagga ${number}`;
    const where =
      kept === 'customer' || kept === 'staff' || kept === 'desk' || kept === 'note' || kept === 'request'
        ? (`${kept} in ${place ?? assert.fail(field)}` as const)
        : kept;
    assert.ok(where !== 'no-words');
    this.planted.push({ mark: text, field, class: where });
    return text;
  }
}
