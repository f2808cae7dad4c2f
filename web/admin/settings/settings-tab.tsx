// The business, its locations and its rooms.
import type { z } from 'zod';
import type { locationChangeBody, newLocationBody, newResourceBody, resourceChangeBody } from '../../../src/protocol/catalog.ts';
import type { settings, settingsChangeBody } from '../../../src/protocol/settings.ts';
import type { Answer } from '../../kit/api.ts';
import { CopyButton } from '../../kit/copy-button.tsx';
import { choice, line, lineOrNone, longText, sites, yesOrNo } from '../../kit/field-kinds.tsx';
import { Read, useReading } from '../../kit/reading.tsx';
import { askAs } from '../../kit/session.ts';
import { viewerZone } from '../../kit/zoned-dates.ts';
import { loadCatalog, type ManagedLocation, type ManagedResource, openCatalog } from '../catalog.ts';
import type { FieldsOf, Values } from '../drafts.ts';
import { Head } from '../head.tsx';
import { Listing } from '../listing.tsx';
import { go, hrefOf, type TabProps } from '../places.ts';
import { FormPart, RecordForm } from '../record-form.tsx';
import { Removal } from '../removal.tsx';
import { change } from '../writes.ts';

const TAB = 'settings';
const BACK = { href: hrefOf(TAB), words: 'Settings' };
const NEW = 'new';

export function SettingsTab({ path: [part, id] }: TabProps) {
  const { locations, resources } = openCatalog();
  if (part === 'location' && id !== undefined) return <LocationForm key={id} location={locations.find((one) => one.id === id)} />;
  if (part === 'room' && id !== undefined) return <RoomForm key={id} room={resources.find((one) => one.id === id)} />;
  return (
    <>
      <Head title="Settings" />
      <BusinessForm />
      <Locations />
      <Rooms />
    </>
  );
}

type Settings = z.output<typeof settings>;
const BUSINESS: FieldsOf<Omit<z.input<typeof settingsChangeBody>, 'messages'>> = {
  name: { label: 'Name of the business', kind: line() },
  bufferRule: {
    label: 'Between two appointments',
    kind: choice([
      { value: 'max', words: 'The longer of the two buffers is kept free' },
      { value: 'sum', words: 'Both buffers are kept free' },
    ]),
  },
  guestProof: {
    label: 'Customers without an account',
    kind: choice([
      { value: 'none', words: 'Book without a check of their address' },
      { value: 'email', words: 'Enter a code that is sent to their address' },
    ]),
  },
  embedOrigins: {
    label: 'Sites that may show the booking page',
    kind: sites('no other site'),
    isOptional: true,
    hint: 'One a line, such as https://www.example.com. No other site can.',
  },
};

function BusinessForm() {
  const reading = useReading(() => askAs<Settings>('GET', '/v1/settings'));
  const reread = async () => {
    const answer = await askAs<Settings>('GET', '/v1/settings');
    return answer.ok ? answer.body : undefined;
  };
  const onSaved = () => Promise.all([reading.again(), loadCatalog()]);
  return (
    <Read reading={reading}>
      {(known) => (
        <RecordForm
          id={`${TAB}/business`}
          fields={BUSINESS}
          record={known}
          reread={reread}
          save={(body, version) => change<Settings>('PATCH', '/v1/settings', body, version)}
          onSaved={() => void onSaved()}
          words={{ save: 'Save', saved: 'Saved.' }}
          reach={(names) => (names.includes('bufferRule') ? 'This counts for free times from now on, on every open page.' : undefined)}
        >
          {(form) => (
            <>
              <FormPart title="The business" form={form} rows={[['name'], ['bufferRule'], ['guestProof']]} />
              <FormPart title="On your own site" form={form} names={['embedOrigins']}>
                <Snippet />
              </FormPart>
            </>
          )}
        </RecordForm>
      )}
    </Read>
  );
}

/** What a listed site takes in where the booking page is to be. */
function Snippet() {
  const tag = `<script async src="${location.origin}/embed.js"></script>`;
  return (
    <div class="stack">
      <p class="soft">Put this line where the booking page is to be seen, on a page of a site that is saved in the list:</p>
      <pre class="snippet">
        <code>{tag}</code>
      </pre>
      <div class="actions">
        <CopyButton text={tag}>Copy the line</CopyButton>
        <a class="button quiet" href="/embed/try" target="_blank" rel="noopener">
          Try it on an example page
        </a>
      </div>
    </div>
  );
}

function Locations() {
  const { locations } = openCatalog();
  return (
    <section class="listing" aria-labelledby="locations-title">
      <div class="head">
        <h2 id="locations-title">Locations</h2>
        <a class="button" href={hrefOf(TAB, 'location', NEW)}>
          New location
        </a>
      </div>
      <Listing
        id="locations"
        words={['location', 'locations']}
        items={locations}
        keyOf={({ id }) => id}
        hrefOf={({ id }) => hrefOf(TAB, 'location', id)}
        textOf={({ name, address }) => `${name} ${address ?? ''}`}
        columns={[
          { id: 'name', name: 'Name', show: ({ name }) => name, by: ({ name }) => name },
          { id: 'address', name: 'Address', show: ({ address }) => address },
          { id: 'zone', name: 'Time zone', show: ({ timeZone }) => timeZone, by: ({ timeZone }) => timeZone },
          { id: 'currency', name: 'Currency', show: ({ currency }) => currency, by: ({ currency }) => currency },
        ]}
        empty={<p>There is no location yet.</p>}
      />
    </section>
  );
}

function Rooms() {
  const { resources, locations } = openCatalog();
  const placeOf = (id: string) => locations.find((one) => one.id === id)?.name ?? '';
  return (
    <section class="listing" aria-labelledby="rooms-title">
      <div class="head">
        <h2 id="rooms-title">Rooms and equipment</h2>
        {locations.length > 0 && (
          <a class="button" href={hrefOf(TAB, 'room', NEW)}>
            New room or thing
          </a>
        )}
      </div>
      <Listing
        id="rooms"
        words={['room', 'rooms']}
        items={resources}
        keyOf={({ id }) => id}
        hrefOf={({ id }) => hrefOf(TAB, 'room', id)}
        textOf={({ name, kind }) => `${name} ${kind ?? ''}`}
        columns={[
          { id: 'name', name: 'Name', show: ({ name }) => name, by: ({ name }) => name },
          { id: 'kind', name: 'Kind', show: ({ kind }) => kind, by: ({ kind }) => kind ?? '' },
          { id: 'place', name: 'Location', show: ({ locationId }) => placeOf(locationId), by: ({ locationId }) => placeOf(locationId) },
        ]}
        empty={<p>No service needs a room or a piece of equipment of its own.</p>}
      />
    </section>
  );
}

/** What the browser knows of the world. */
const ZONES = Intl.supportedValuesOf('timeZone').map((zone) => ({ value: zone, words: zone.replaceAll('_', ' ') }));
const CURRENCIES = Intl.supportedValuesOf('currency').map((code) => ({ value: code, words: code }));

const LOCATION: FieldsOf<z.input<typeof locationChangeBody>> = {
  name: { label: 'Name', kind: line() },
  timeZone: { label: 'Time zone', kind: choice(ZONES) },
  currency: { label: 'Currency', kind: choice(CURRENCIES), hint: 'For new services. Prices that are set stay as they are.' },
  address: { label: 'Address', kind: longText(2), isOptional: true },
  phone: { label: 'Phone', kind: lineOrNone('tel'), isOptional: true },
  country: { label: 'Country', kind: lineOrNone(), isOptional: true, hint: 'Two letters, such as DE, for telephone numbers without a leading +.' },
};

function LocationForm({ location }: { readonly location: ManagedLocation | undefined }) {
  const path = `/v1/locations/${location?.id}`;
  const blank = { name: '', timeZone: viewerZone(), currency: openCatalog().locations[0]?.currency ?? 'EUR' };
  const save = (body: Values, version: number | undefined): Promise<Answer<ManagedLocation>> =>
    location === undefined
      ? change('POST', '/v1/locations', { ...blank, ...body } satisfies z.input<typeof newLocationBody>)
      : change('PATCH', path, body, version);
  const reread = async () => {
    const answer = await askAs<ManagedLocation>('GET', path);
    return answer.ok ? answer.body : undefined;
  };
  const onSaved = async (saved: ManagedLocation) => {
    await loadCatalog();
    if (location === undefined) go(TAB, 'location', saved.id);
  };
  return (
    <>
      <Head title={location?.name ?? 'New location'} back={BACK} />
      <RecordForm
        id={`${TAB}/location/${location?.id ?? NEW}`}
        fields={LOCATION}
        record={location ?? null}
        blank={blank}
        {...(location !== undefined && { reread })}
        save={save}
        onSaved={(saved) => void onSaved(saved)}
        words={location === undefined ? { save: 'Add the location', saved: 'The location is added.' } : { save: 'Save', saved: 'The location is saved.' }}
        reach={(names) =>
          names.includes('timeZone') ? 'Opening hours are read by the new clock. Nothing is changed if that would strand appointments.' : undefined
        }
        acts={
          location !== undefined && (
            <Removal
              name={location.name}
              path={path}
              version={location.version}
              consequence="It is no longer offered anywhere."
              otherwise="cancel"
              onRemoved={() => go(TAB)}
            />
          )
        }
      >
        {(form) => <FormPart title="The location" form={form} rows={[['name'], ['timeZone', 'currency'], ['address'], ['phone', 'country']]} />}
      </RecordForm>
    </>
  );
}

function roomFields(): FieldsOf<z.input<typeof resourceChangeBody>> {
  return {
    name: { label: 'Name', kind: line() },
    kind: { label: 'Kind', kind: lineOrNone(), isOptional: true, hint: 'In your own words, such as room or laser.' },
    locationId: { label: 'Location', kind: choice(openCatalog().locations.map(({ id, name }) => ({ value: id, words: name }))) },
    ownHours: { label: 'Hours', kind: yesOrNo('Hours of its own', ['the hours of the location', 'hours of its own']) },
  };
}

function RoomForm({ room }: { readonly room: ManagedResource | undefined }) {
  const path = `/v1/resources/${room?.id}`;
  const blank = { name: '', locationId: openCatalog().locations[0]?.id ?? '' };
  const save = (body: Values, version: number | undefined): Promise<Answer<ManagedResource>> =>
    room === undefined
      ? change('POST', '/v1/resources', { ...blank, ...body } satisfies z.input<typeof newResourceBody>)
      : change('PATCH', path, body, version);
  const reread = async () => {
    const answer = await askAs<ManagedResource>('GET', path);
    return answer.ok ? answer.body : undefined;
  };
  const onSaved = async (saved: ManagedResource) => {
    await loadCatalog();
    if (room === undefined) go(TAB, 'room', saved.id);
  };
  return (
    <>
      <Head title={room?.name ?? 'New room or thing'} back={BACK} />
      <RecordForm
        id={`${TAB}/room/${room?.id ?? NEW}`}
        fields={roomFields()}
        record={room ?? null}
        blank={blank}
        {...(room !== undefined && { reread })}
        save={save}
        onSaved={(saved) => void onSaved(saved)}
        words={room === undefined ? { save: 'Add', saved: 'It is added.' } : { save: 'Save', saved: 'Saved.' }}
        acts={
          room !== undefined && (
            <Removal
              name={room.name}
              path={path}
              version={room.version}
              consequence="It can no longer be booked along with a service."
              otherwise="cancel"
              onRemoved={() => go(TAB)}
            />
          )
        }
      >
        {(form) => <FormPart title="What it is" form={form} rows={[['name', 'kind'], ['locationId'], ['ownHours']]} />}
      </RecordForm>
    </>
  );
}
