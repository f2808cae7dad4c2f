// The people whose time is booked: what they do, where, and how they log in.
import type { z } from 'zod';
import type { newStaffBody, staffChangeBody } from '../../../src/protocol/catalog.ts';
import { type Answer, ask } from '../../kit/api.ts';
import { CalendarFeed } from '../../kit/calendar-feed.tsx';
import { ExternalCalendars } from '../../kit/external-calendars.tsx';
import { choice, choiceOrNone, line, lineOrNone, several, wholeNumberOrNone, yesOrNo } from '../../kit/field-kinds.tsx';
import { counted } from '../../kit/money-and-time.ts';
import { sentenceOf } from '../../kit/problem-sentences.ts';
import { currentToken, type User } from '../../kit/session.ts';
import { loadCatalog, type ManagedStaff, openCatalog } from '../catalog.ts';
import type { FieldsOf, Values } from '../drafts.ts';
import { Head } from '../head.tsx';
import { Listing } from '../listing.tsx';
import { tell } from '../notice.tsx';
import { saidOf } from '../offer/staff-terms-field.tsx';
import { go, hasTab, hrefOf, type TabProps } from '../places.ts';
import { FormPart, RecordForm } from '../record-form.tsx';
import { Removal } from '../removal.tsx';
import { change } from '../writes.ts';
import { Login } from './login.tsx';

const TAB = 'team';
const NEW = 'new';

export function TeamTab({ user, path: [id] }: TabProps) {
  const member = openCatalog().staff.find((one) => one.id === id);
  if (id === NEW) return <NewPerson key={NEW} user={user} />;
  if (member !== undefined) return <Person key={member.id} member={member} user={user} />;
  return <People isGone={id !== undefined} />;
}

const placeName = (id: string) => openCatalog().locations.find((one) => one.id === id)?.name ?? 'a location that is gone';

function People({ isGone }: { readonly isGone: boolean }) {
  const { staff, locations, services } = openCatalog();
  const add = (
    <a class="button primary" href={hrefOf(TAB, NEW)}>
      Add a person
    </a>
  );
  return (
    <>
      <Head title="Team" lead="Everyone whose time can be booked. People who only log in are under Users.">
        {staff.length > 0 && add}
      </Head>
      {isGone && <p class="banner">This person is not on the team any more.</p>}
      <Listing
        id="team"
        words={['person', 'people']}
        items={staff}
        keyOf={({ id }) => id}
        hrefOf={({ id }) => hrefOf(TAB, id)}
        textOf={({ name, email, serviceIds }) => [name, email ?? '', ...services.filter(({ id }) => serviceIds.includes(id)).map((one) => one.name)].join(' ')}
        columns={[
          {
            id: 'name',
            name: 'Name',
            show: ({ name, bookable }) => (
              <>
                {name}
                {!bookable && <span class="tag">not bookable</span>}
              </>
            ),
            by: ({ name }) => name,
          },
          { id: 'place', name: 'Location', show: ({ locationId }) => placeName(locationId), by: ({ locationId }) => placeName(locationId) },
          {
            id: 'services',
            name: 'Does',
            show: ({ serviceIds }) => counted(serviceIds.length, 'service', 'services'),
            by: ({ serviceIds }) => serviceIds.length,
          },
          { id: 'hours', name: 'Hours', show: ({ ownHours }) => (ownHours === true ? 'their own' : 'of the location') },
        ]}
        filters={[
          {
            id: 'place',
            name: 'Location',
            options: [
              { id: 'all', name: 'All locations', isIn: () => true },
              ...locations.map(({ id, name }) => ({ id, name, isIn: ({ locationId }: ManagedStaff) => locationId === id })),
            ],
          },
        ]}
        empty={
          <>
            <p>There is nobody to book yet.</p>
            {add}
          </>
        }
      />
    </>
  );
}

type StaffChange = z.input<typeof staffChangeBody>;

function staffFields(): FieldsOf<StaffChange> {
  const { locations, services } = openCatalog();
  return {
    name: { label: 'Name', kind: line() },
    email: { label: 'E-mail', kind: lineOrNone('email'), isOptional: true, hint: 'For the plan of the day and other messages to them.' },
    locationId: { label: 'Location', kind: choice(locations.map(({ id, name }) => ({ value: id, words: name }))) },
    bookable: { label: 'Booking', kind: yesOrNo('Can be booked', ['cannot be booked', 'can be booked']) },
    serviceIds: {
      label: 'What they do',
      kind: several(
        services.map(({ id, name }) => ({ value: id, words: name })),
        'There are no services yet.',
      ),
    },
    ownHours: { label: 'Working hours', kind: yesOrNo('Hours of their own', ['the hours of the location', 'hours of their own']) },
    timeZone: {
      label: 'Time zone of their hours',
      isOptional: true,
      kind: choiceOrNone(
        'that of the location',
        Intl.supportedValuesOf('timeZone').map((zone) => ({ value: zone, words: zone.replaceAll('_', ' ') })),
      ),
    },
    dailyLimit: { label: 'Most in a day', kind: wholeNumberOrNone('no limit'), isOptional: true, hint: 'Of all services together. Empty: no limit.' },
    weeklyLimit: { label: 'Most in a week', kind: wholeNumberOrNone('no limit'), isOptional: true, hint: 'From Monday to Sunday.' },
    monthlyLimit: { label: 'Most in a month', kind: wholeNumberOrNone('no limit'), isOptional: true },
  };
}

function reachOf(names: readonly string[]): string | undefined {
  if (names.includes('serviceIds') || names.includes('bookable'))
    return 'The booking page offers them accordingly, at once. Appointments that are booked stay.';
  if (names.some((name) => name.endsWith('Limit'))) return 'This counts for new bookings. Appointments that are booked stay.';
  if (names.includes('locationId')) return 'Appointments that are booked stay where they were booked.';
  return undefined;
}

function Person({ member, user }: { readonly member: ManagedStaff; readonly user: User }) {
  const path = `/v1/staff/${member.id}`;
  const reread = async () => {
    const answer = await ask<ManagedStaff>('GET', path, { headers: { authorization: `Bearer ${currentToken() ?? ''}` } });
    return answer.ok ? answer.body : undefined;
  };
  return (
    <>
      <Head title={member.name} back={{ href: hrefOf(TAB), words: 'The whole team' }}>
        {hasTab('hours') && (
          <a class="button" href={hrefOf('hours', member.id)}>
            Hours and time off
          </a>
        )}
      </Head>
      <RecordForm
        id={`${TAB}/${member.id}`}
        fields={staffFields()}
        record={member}
        reread={reread}
        save={(body, version) => change<ManagedStaff>('PATCH', path, body, version)}
        onSaved={() => void loadCatalog()}
        words={{ save: 'Save', saved: `${member.name} is saved.` }}
        reach={reachOf}
        acts={
          <Removal
            name={member.name}
            path={path}
            version={member.version}
            consequence="They can no longer be booked, and their login is disabled."
            otherwise="cancel"
            onRemoved={() => go(TAB)}
          />
        }
      >
        {(form) => (
          <>
            <FormPart title="Who" form={form} rows={[['name', 'email'], ['locationId'], ['bookable']]} />
            <FormPart title="What they do" form={form} rows={[['serviceIds']]} />
            <OwnTerms member={member} />
            <FormPart title="When" form={form} rows={[['ownHours'], ['timeZone']]} />
            <FormPart title="How many appointments" form={form} rows={[['dailyLimit', 'weeklyLimit', 'monthlyLimit']]} />
          </>
        )}
      </RecordForm>
      {user.role === 'owner' && <Login member={member} />}
      <section class="card panel-card record" aria-labelledby="elsewhere">
        <h2 id="elsewhere">Calendars elsewhere</h2>
        <CalendarFeed staffId={member.id} />
        <ExternalCalendars staffId={member.id} />
      </section>
    </>
  );
}

/** What takes another time or costs another price with them: it is written at the service. */
function OwnTerms({ member }: { readonly member: ManagedStaff }) {
  const own = openCatalog().services.flatMap(({ id, name, staffTerms }) => {
    const terms = member.serviceIds.includes(id) ? staffTerms.find(({ staffId }) => staffId === member.id) : undefined;
    return terms === undefined ? [] : [{ id, words: `${name}: ${saidOf(terms)}` }];
  });
  if (own.length === 0) return null;
  return (
    <section class="card record-part" aria-labelledby="own-terms">
      <h2 id="own-terms">Length and price of their own</h2>
      <ul class="rows">
        {own.map(({ id, words }) => (
          <li key={id}>
            <a href={hrefOf('services', id)}>{words}</a>
          </li>
        ))}
      </ul>
    </section>
  );
}

const ROLE_WORDS = [
  { value: 'none', words: 'No login' },
  { value: 'staff', words: 'Staff: sees their own calendar' },
  { value: 'front-desk', words: 'Front desk: sees and changes all of the location' },
  { value: 'manager', words: 'Manager: also the back office' },
] as const;
type LoginChoice = (typeof ROLE_WORDS)[number]['value'];

/** A person and their login in one form: two requests, and what became of the second is said. */
function NewPerson({ user }: { readonly user: User }) {
  const { locations } = openCatalog();
  const mayInvite = user.role === 'owner';
  const fields = {
    ...staffFields(),
    login: { label: 'Login', kind: choice<LoginChoice>(ROLE_WORDS), hint: 'They get an e-mail with a link to set a password.' },
  };
  const blank = {
    name: '',
    email: null,
    locationId: locations[0]?.id,
    bookable: true,
    serviceIds: [],
    ownHours: false,
    timeZone: null,
    login: mayInvite ? 'staff' : 'none',
  };
  const onSaved = async ({ member, invitation }: Added) => {
    await loadCatalog();
    go(TAB, member.id);
    if (invitation === undefined) return;
    if (invitation.ok) tell(`${member.name} is added, and gets an e-mail to set a password.`);
    else tell(`${member.name} is added, but has no login yet.`, [sentenceOf(invitation.problem)]);
  };
  return (
    <>
      <Head title="Add a person" back={{ href: hrefOf(TAB), words: 'The whole team' }} />
      {locations.length === 0 && <p class="banner">Please add a location first, under Settings.</p>}
      <RecordForm
        id={`${TAB}/${NEW}`}
        fields={fields}
        record={null}
        blank={blank}
        save={(body) => addPerson({ name: '', locationId: blank.locationId, login: blank.login, ...body })}
        onSaved={(added) => void onSaved(added)}
        words={{ save: 'Add', saved: 'The person is added.' }}
      >
        {(form) => (
          <>
            <FormPart title="Who" form={form} rows={[['name', 'email'], mayInvite ? ['locationId', 'login'] : ['locationId']]} />
            <FormPart title="What they do" form={form} rows={[['serviceIds'], ['ownHours']]} />
          </>
        )}
      </RecordForm>
    </>
  );
}

type Added = { readonly member: ManagedStaff; readonly invitation: Answer<unknown> | undefined };

async function addPerson({ login, ...body }: Values): Promise<Answer<Added>> {
  if (login !== 'none' && (body.email ?? null) === null)
    return { ok: false, problem: { code: 'invalid-request', status: 400, title: '', errors: [{ path: 'email', message: 'is needed for a login' }] } };
  const added = await change<ManagedStaff>('POST', '/v1/staff', body satisfies Values as z.input<typeof newStaffBody>); // the server reads it
  if (!added.ok || login === 'none') return added.ok ? { ok: true, body: { member: added.body, invitation: undefined } } : added;
  const { id, name, locationId } = added.body;
  const bound = login === 'staff' ? { staffId: id } : { locationId };
  return { ok: true, body: { member: added.body, invitation: await change('POST', '/v1/users', { email: body.email, name, role: login, ...bound }) } };
}
