import { useSignal } from '@preact/signals';
import { clock } from '../kit/money-and-time.ts';
import { NotSure } from '../kit/not-sure.tsx';
import { sentenceOf } from '../kit/problem-sentences.ts';
import { ServiceWords } from '../kit/service-words.tsx';
import { openShop } from '../kit/shop.ts';
import { chooseLocation, chooseService, locationId, people, service, serviceId, servicesHere, staffId, timeZone, watchProblem } from './choosing.ts';
import { DayStrip } from './day-strip.tsx';
import { asking, giveUpKeeping, isUnsureOfKeeping } from './keeping.ts';
import { RefusalNotice } from './refusal-notice.tsx';
import { TimeGrid } from './time-grid.tsx';

/** Where, what, with whom and when, each changeable. */
export function Choices() {
  return (
    <>
      {openShop().locations.length > 1 && <LocationChoice />}
      <ServiceChoice />
      {service.value !== undefined && (
        <>
          {people.value.length > 1 && <PersonChoice />}
          <section class="step" aria-labelledby="when">
            <h2 id="when">When?</h2>
            <RefusalNotice />
            {isUnsureOfKeeping.value && (
              <NotSure
                actions={
                  <button type="button" class="button" onClick={giveUpKeeping}>
                    Choose another time
                  </button>
                }
              >
                {`We do not know yet whether ${clock(asking.value ?? 0, timeZone.value)} is held for you.`}
              </NotSure>
            )}
            <DayStrip />
            {watchProblem.value !== undefined && (
              <p class="banner danger" role="alert">
                {sentenceOf(watchProblem.value)}
              </p>
            )}
            <TimeGrid />
          </section>
        </>
      )}
    </>
  );
}

function LocationChoice() {
  return (
    <fieldset class="step">
      <legend>
        <h2>Where?</h2>
      </legend>
      <div class="pills">
        {openShop().locations.map(({ id, name, address }) => (
          <label key={id} class="pill wide">
            <input type="radio" name="location" value={id} checked={id === locationId.value} onChange={() => chooseLocation(id)} />
            <span class="pill-name">{name}</span>
            {address !== null && <span class="soft">{address}</span>}
          </label>
        ))}
      </div>
    </fieldset>
  );
}

function ServiceChoice() {
  const isOpen = useSignal(false);
  const chosen = service.value;
  const choose = (id: string) => {
    chooseService(id);
    isOpen.value = false;
    // The list closes; the focus moves to the chosen service.
    requestAnimationFrame(() => document.getElementById('change-service')?.focus({ preventScroll: true }));
  };
  return (
    <section class="step" aria-labelledby="what">
      <h2 id="what">What would you like?</h2>
      {chosen !== undefined && !isOpen.value ? (
        <div class="service chosen">
          <ServiceWords offer={chosen} />
          <button
            type="button"
            id="change-service"
            class="button quiet"
            onClick={() => {
              isOpen.value = true;
            }}
          >
            Change<span class="only-heard"> the service</span>
          </button>
        </div>
      ) : (
        <ul class="services">
          {servicesHere.value.map((offer) => (
            <li key={offer.id}>
              <button type="button" class="service" aria-pressed={offer.id === serviceId.value} onClick={() => choose(offer.id)}>
                <ServiceWords offer={offer} />
              </button>
            </li>
          ))}
          {servicesHere.value.length === 0 && <li class="soft">Nothing can be booked here right now.</li>}
        </ul>
      )}
    </section>
  );
}

function PersonChoice() {
  return (
    <fieldset class="step">
      <legend>
        <h2>With whom?</h2>
      </legend>
      <div class="pills">
        <Person id={undefined} name="Anyone" />
        {people.value.map(({ id, name }) => (
          <Person key={id} id={id} name={name} />
        ))}
      </div>
    </fieldset>
  );
}

function Person({ id, name }: { readonly id: string | undefined; readonly name: string }) {
  return (
    <label class="pill">
      <input
        type="radio"
        name="person"
        value={id ?? ''}
        checked={id === staffId.value}
        onChange={() => {
          staffId.value = id;
        }}
      />
      <span class="pill-name">{name}</span>
    </label>
  );
}
