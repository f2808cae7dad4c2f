import { ask } from '../../kit/api.ts';
import { listed } from '../../kit/money-and-time.ts';
import { durationRange, type OfferWords, offeredRange, priceRange, ServiceWords } from '../../kit/service-words.tsx';
import { currentToken } from '../../kit/session.ts';
import { loadCatalog, type ManagedService, openCatalog } from '../catalog.ts';
import type { Values } from '../drafts.ts';
import { Head } from '../head.tsx';
import { Listing } from '../listing.tsx';
import { go, hrefOf, type TabProps } from '../places.ts';
import { FormPart, RecordForm } from '../record-form.tsx';
import { Removal } from '../removal.tsx';
import { change } from '../writes.ts';
import { NEW_SERVICE, reachOfService, serviceFields } from './service-fields.ts';

const TAB = 'services';
const NEW = 'new';

export function ServicesTab({ user, path: [id] }: TabProps) {
  const service = openCatalog().services.find((one) => one.id === id);
  if (user.role === 'manager' && user.locationId !== null && id !== undefined) return <OnlyForAll />;
  if (id === NEW) return <ServiceForm key={NEW} service={undefined} />;
  if (service !== undefined) return <ServiceForm key={service.id} service={service} />;
  return <ServiceList isGone={id !== undefined} mayAdd={user.role === 'owner' || user.locationId === null} />;
}

/** Services are those of the whole business. */
function OnlyForAll() {
  return (
    <>
      <Head title="Services" back={{ href: hrefOf(TAB), words: 'All services' }} />
      <p class="banner">You look after one location. Services are changed by the owner, or by a manager of all locations.</p>
    </>
  );
}

function ServiceList({ isGone, mayAdd }: { readonly isGone: boolean; readonly mayAdd: boolean }) {
  const { services, staff } = openCatalog();
  const doing = ({ staffIds }: ManagedService) => staff.filter(({ id }) => staffIds.includes(id)).map(({ name }) => name.split(' ')[0] ?? name);
  const add = (
    <a class="button primary" href={hrefOf(TAB, NEW)}>
      New service
    </a>
  );
  return (
    <>
      <Head title="Services" lead="What customers can book, how long it takes and what it costs.">
        {mayAdd && services.length > 0 && add}
      </Head>
      {isGone && <p class="banner">This service does not exist any more.</p>}
      <Listing
        id="services"
        words={['service', 'services']}
        items={services}
        keyOf={({ id }) => id}
        hrefOf={({ id }) => hrefOf(TAB, id)}
        textOf={(service) => [service.name, service.description ?? '', ...doing(service)].join(' ')}
        columns={[
          {
            id: 'name',
            name: 'Name',
            show: ({ name, active, online }) => (
              <>
                {name}
                {!active && <span class="tag">not offered</span>}
                {active && !online && <span class="tag">desk only</span>}
              </>
            ),
            by: ({ name }) => name,
          },
          { id: 'minutes', name: 'Length', show: (service) => durationRange(offeredRange(service)), by: ({ minutes }) => minutes, isNumber: true },
          {
            id: 'price',
            name: 'Price',
            show: (service) => priceRange(offeredRange(service), service.priceType),
            by: ({ price }) => price.amount,
            isNumber: true,
          },
          { id: 'staff', name: 'Done by', show: (service) => listed(doing(service)) || 'nobody yet', by: (service) => doing(service).length },
        ]}
        filters={[
          {
            id: 'offered',
            name: 'Which services',
            options: [
              { id: 'all', name: 'All services', isIn: () => true },
              { id: 'active', name: 'Offered', isIn: ({ active }) => active },
              { id: 'hidden', name: 'Not offered', isIn: ({ active }) => !active },
              { id: 'nobody', name: 'Done by nobody', isIn: ({ staffIds }) => staffIds.length === 0 },
            ],
          },
        ]}
        empty={
          <>
            <p>There is nothing to book yet.</p>
            {mayAdd && add}
          </>
        }
      />
    </>
  );
}

function ServiceForm({ service }: { readonly service: ManagedService | undefined }) {
  const { locations } = openCatalog();
  const currency = service?.price.currency ?? locations[0]?.currency ?? 'EUR';
  const fields = serviceFields(currency);
  const blank = { ...NEW_SERVICE, price: { amount: 0, currency } };
  const save = (body: Values, version: number | undefined) =>
    service === undefined
      ? change<ManagedService>('POST', '/v1/services', { name: '', minutes: blank.minutes, ...body })
      : change<ManagedService>('PATCH', `/v1/services/${service.id}`, body, version);
  const reread = async () => {
    const answer = await ask<ManagedService>('GET', `/v1/services/${service?.id}`, { headers: { authorization: `Bearer ${currentToken() ?? ''}` } });
    return answer.ok ? answer.body : undefined;
  };
  const onSaved = async (saved: ManagedService) => {
    await loadCatalog();
    if (service === undefined) go(TAB, saved.id);
  };
  return (
    <>
      <Head title={service?.name ?? 'New service'} back={{ href: hrefOf(TAB), words: 'All services' }} />
      <RecordForm
        id={`${TAB}/${service?.id ?? NEW}`}
        fields={fields}
        record={service ?? null}
        blank={blank}
        {...(service !== undefined && { reread })}
        save={save}
        onSaved={(saved) => void onSaved(saved)}
        words={service === undefined ? { save: 'Add the service', saved: 'The service is added.' } : { save: 'Save', saved: 'Saved.' }}
        reach={reachOfService}
        acts={
          service !== undefined && (
            <Removal
              name={service.name}
              path={`/v1/services/${service.id}`}
              version={service.version}
              consequence="It can no longer be booked."
              otherwise="keep"
              onRemoved={() => go(TAB)}
            />
          )
        }
      >
        {(form) => (
          <div class="beside">
            <div class="record">
              <FormPart title="What it is" form={form} rows={[['name'], ['description'], ['active', 'online'], ['category', 'position'], ['colour']]} />
              <FormPart title="Price and payment" form={form} names={moneyNames(form.values)} />
              <FormPart title="Time" form={form} rows={[['minutes', 'slotIntervalMinutes'], ['bufferBeforeMinutes', 'bufferAfterMinutes'], ['grid']]} />
              <FormPart
                title="When it can be booked, moved and cancelled"
                form={form}
                rows={[['leadTimeMinutes', 'horizonDays'], ['cancelUntilMinutes', 'rescheduleUntilMinutes'], ['approval']]}
              />
              <FormPart title="Who and where" form={form} rows={[['staffIds'], ['staffTerms'], ['resourceIds'], ['capacity']]} />
              <FormPart title="How many" form={form} rows={[['dailyLimit', 'weeklyLimit', 'monthlyLimit']]} />
              <FormPart title="What can be done along with it" form={form} names={['addOns']} />
              <FormPart title="What customers are asked" form={form} names={['questions']} />
            </div>
            <Preview values={form.values as OfferWords} />
          </div>
        )}
      </RecordForm>
    </>
  );
}

function moneyNames(values: Values): readonly string[] {
  const price = values.priceType === 'free' ? [] : ['price'];
  return ['priceType', ...price, 'taxPercent', 'paymentPolicy', ...depositNames(values), 'refundRules', ...feeNames(values)];
}

function depositNames({ paymentPolicy }: Values): readonly string[] {
  return paymentPolicy === 'deposit' ? ['deposit', 'depositPercent'] : [];
}

function feeNames({ noShowFee, noShowFeePercent, noShowFeeCard, noShowFeeTaxed }: Values): readonly string[] {
  const hasFee = noShowFee != null || noShowFeePercent != null || noShowFeeCard === true || noShowFeeTaxed === true;
  return ['noShowFee', 'noShowFeePercent', ...(hasFee ? ['noShowFeeCard', 'noShowFeeTaxed'] : [])];
}

/** As it would be on the booking page. */
function Preview({ values }: { readonly values: OfferWords }) {
  return (
    <aside class="beside-look" aria-label="Preview">
      <p class="soft">On the booking page</p>
      <div class="service">
        <ServiceWords offer={{ ...values, name: values.name === '' ? 'Name' : values.name }} />
      </div>
    </aside>
  );
}
