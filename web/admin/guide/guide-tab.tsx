// From an empty business to the first time that can be booked: four short forms, one after the other, each with what most places need.
import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { Field, wrongOf } from '../../kit/field.tsx';
import { price } from '../../kit/field-kinds.tsx';
import { FormProblem, SendButton, useSending } from '../../kit/sending.tsx';
import type { User } from '../../kit/session.ts';
import { viewerZone } from '../../kit/zoned-dates.ts';
import { type Catalog, loadCatalog, type ManagedLocation, openCatalog } from '../catalog.ts';
import { Head } from '../head.tsx';
import { go, hrefOf, place, type TabProps } from '../places.ts';
import { change } from '../writes.ts';
import { nextStep, STEPS, type Step } from './steps.ts';
import { type Week, WORKING_WEEK, type Wrong, weeklyOf, wrongWith } from './week.ts';
import { WeekFields } from './week-fields.tsx';

export function GuideTab({ user }: TabProps) {
  const catalog = openCatalog();
  const now = nextStep(catalog);
  // From here on the address names the guide, so that it stays for its last step.
  useEffect(() => {
    if (place.peek().tab !== 'guide') go('guide');
  }, []);
  const at = STEPS.findIndex(({ id }) => id === now);
  return (
    <>
      <Head title="First steps" lead="Four short questions, and customers can book. Everything can be changed later." />
      <ol class="steps">
        {STEPS.map(({ id, title, done }, index) => (
          <li key={id} class="card">
            {index < at && <p class="step-done">{done(catalog)}</p>}
            {index === at && <Now step={id} title={`${index + 1}. ${title}`} catalog={catalog} user={user} />}
            {index > at && (
              <p class="step-later">
                {index + 1}. {title}
              </p>
            )}
          </li>
        ))}
      </ol>
    </>
  );
}

type NowProps = { readonly step: Step; readonly title: string; readonly catalog: Catalog; readonly user: User };

function Now({ step, title, catalog, user }: NowProps) {
  const root = useRef<HTMLElement>(null);
  // The keyboard goes on where the next question is.
  useEffect(() => {
    const first = root.current?.querySelector<HTMLElement>('input, a');
    first?.focus();
    if (first instanceof HTMLInputElement) first.select();
  }, []);
  const [location] = catalog.locations;
  return (
    <section class="record-part" ref={root} aria-label={title}>
      <h2>{title}</h2>
      {step === 'place' && <PlaceStep name={catalog.business.name} />}
      {step === 'hours' && location !== undefined && <HoursStep location={location} />}
      {step === 'service' && location !== undefined && <ServiceStep currency={location.currency} />}
      {step === 'person' && location !== undefined && <PersonStep location={location} services={catalog.services.map(({ id }) => id)} user={user} />}
      {step === 'done' && <Done />}
    </section>
  );
}

const CURRENCY_OF: readonly (readonly [RegExp, string])[] = [
  [/^Europe\/London$/, 'GBP'],
  [/^Europe\/Zurich$/, 'CHF'],
  [/^Europe\//, 'EUR'],
  [/^America\/(New_York|Chicago|Denver|Los_Angeles|Phoenix|Detroit|Anchorage)$/, 'USD'],
];

function PlaceStep({ name }: { readonly name: string }) {
  const business = useSignal('');
  const location = useSignal('');
  const zone = useSignal(viewerZone());
  const currency = useSignal(CURRENCY_OF.find(([pattern]) => pattern.test(viewerZone()))?.[1] ?? 'EUR');
  const { form, isBusy, problem, send } = useSending(async () => {
    const called = business.value.trim() === '' ? name : business.value.trim();
    const renamed = await change('PATCH', '/v1/settings', { name: called });
    if (!renamed.ok) return renamed.problem;
    const opened = await change('POST', '/v1/locations', {
      name: location.value.trim() === '' ? called : location.value,
      timeZone: zone.value,
      currency: currency.value,
    });
    if (!opened.ok) return opened.problem;
    await loadCatalog();
    return undefined;
  });
  const wrong = problem.value;
  return (
    <form class="steps" ref={form} noValidate onSubmit={send}>
      <FormProblem problem={wrong} fields={['name', 'timeZone', 'currency']} />
      <Field
        id="guide-business"
        label="Name of your business"
        value={business.value}
        wrong={wrongOf(wrong, 'name', 'The name')}
        onInput={(value) => (business.value = value)}
      />
      <Field
        id="guide-place"
        label="Name of the place"
        isOptional
        hint="If you have several. Empty: as the business."
        value={location.value}
        wrong={undefined}
        onInput={(value) => (location.value = value)}
      />
      <Field
        id="guide-zone"
        label="Time zone"
        value={zone.value}
        wrong={wrongOf(wrong, 'timeZone', 'The time zone')}
        onInput={(value) => (zone.value = value)}
      />
      <Field
        id="guide-currency"
        label="Currency"
        value={currency.value}
        wrong={wrongOf(wrong, 'currency', 'The currency')}
        onInput={(value) => (currency.value = value.toUpperCase())}
      />
      <SendButton isBusy={isBusy.value}>Go on</SendButton>
    </form>
  );
}

function HoursStep({ location }: { readonly location: ManagedLocation }) {
  const week = useSignal<Week>(WORKING_WEEK);
  const wrong = useSignal<Wrong | undefined>(undefined);
  const { form, isBusy, problem, send } = useSending(async () => {
    wrong.value = wrongWith(week.value);
    if (wrong.value !== undefined) return { code: 'invalid-request', status: 400, title: '', errors: [{ path: 'weekly', message: '' }] };
    const answer = await change('PUT', `/v1/locations/${location.id}/hours`, { weekly: weeklyOf(week.value) });
    if (!answer.ok) return answer.problem;
    await loadCatalog();
    return undefined;
  });
  return (
    <form class="steps" ref={form} noValidate onSubmit={send}>
      <FormProblem problem={problem.value} fields={['weekly']} />
      <WeekFields week={week} wrong={wrong.value} />
      <SendButton isBusy={isBusy.value}>Go on</SendButton>
    </form>
  );
}

function ServiceStep({ currency }: { readonly currency: string }) {
  const name = useSignal('');
  const minutes = useSignal('60');
  const cost = useSignal('');
  const priceWrong = useSignal<string | undefined>(undefined);
  const { form, isBusy, problem, send } = useSending(async () => {
    const amount = price(currency).read(cost.value.trim() === '' ? '0' : cost.value);
    priceWrong.value = 'wrong' in amount ? `The price ${amount.wrong}.` : undefined;
    if ('wrong' in amount) return { code: 'invalid-request', status: 400, title: '', errors: [{ path: 'price', message: amount.wrong }] };
    const answer = await change('POST', '/v1/services', { name: name.value, minutes: Number(minutes.value), price: amount.value });
    if (!answer.ok) return answer.problem;
    await loadCatalog();
    return undefined;
  });
  const wrong = problem.value;
  return (
    <form class="steps" ref={form} noValidate onSubmit={send}>
      <FormProblem problem={wrong} fields={['name', 'minutes', 'price']} />
      <Field
        id="guide-service"
        label="What can be booked"
        hint="Such as Haircut. More can follow."
        value={name.value}
        wrong={wrongOf(wrong, 'name', 'The name')}
        onInput={(value) => (name.value = value)}
      />
      <Field
        id="guide-minutes"
        label="Length in minutes"
        mode="numeric"
        value={minutes.value}
        wrong={wrongOf(wrong, 'minutes', 'The length')}
        onInput={(value) => (minutes.value = value)}
      />
      <Field
        id="guide-price"
        label={`Price in ${currency}`}
        isOptional
        hint="Empty: free."
        value={cost.value}
        wrong={priceWrong.value}
        onInput={(value) => (cost.value = value)}
      />
      <SendButton isBusy={isBusy.value}>Go on</SendButton>
    </form>
  );
}

type PersonProps = { readonly location: ManagedLocation; readonly services: readonly string[]; readonly user: User };

function PersonStep({ location, services, user }: PersonProps) {
  const name = useSignal(user.name);
  const { form, isBusy, problem, send } = useSending(async () => {
    const answer = await change('POST', '/v1/staff', { name: name.value, locationId: location.id, serviceIds: services });
    if (!answer.ok) return answer.problem;
    await loadCatalog();
    return undefined;
  });
  return (
    <form class="steps" ref={form} noValidate onSubmit={send}>
      <FormProblem problem={problem.value} fields={['name']} />
      <Field
        id="guide-person"
        label="Who does it"
        hint="You, or someone who works for you. Colleagues and logins come under Team."
        value={name.value}
        wrong={wrongOf(problem.value, 'name', 'The name')}
        onInput={(value) => (name.value = value)}
      />
      <SendButton isBusy={isBusy.value}>Go on</SendButton>
    </form>
  );
}

function Done() {
  return (
    <>
      <p>Customers can book now. Give them the address of this page, or put it on your website.</p>
      <div class="actions">
        <a class="button primary" href="/">
          Open your booking page
        </a>
        <a class="button" href={hrefOf('team')}>
          Add colleagues
        </a>
        <a class="button" href={hrefOf('services')}>
          Add services
        </a>
      </div>
    </>
  );
}
