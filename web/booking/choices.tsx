import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { AddOnsField } from '../kit/add-ons.tsx';
import { say } from '../kit/language.ts';
import { durationRange, offeredRange, priceRange, ServiceWords } from '../kit/service-words.tsx';
import { openShop, type Service } from '../kit/shop.ts';
import { chooseServiceByHand } from './address.ts';
import {
  addOnIds,
  chooseAddOns,
  chooseLocation,
  chooseSeats,
  doers,
  doersHere,
  location,
  locationId,
  people,
  seats,
  service,
  serviceId,
  servicesHere,
  staffId,
} from './choosing.ts';
import { words } from './languages.ts';

/** Where, what and with whom: a line each once it is answered, and changeable. */
export function Choices() {
  return (
    <div class="choices">
      {openShop().locations.length > 1 && <PlaceChoice />}
      <ServiceChoice />
      {service.value !== undefined && service.value.addOns.length > 0 && (
        <AddOnsChoice offered={service.value.addOns} currency={service.value.price.currency} />
      )}
      {service.value !== undefined && service.value.capacity > 1 && <SeatsChoice most={service.value.capacity} />}
      {service.value !== undefined && people.value.length > 1 && <PersonChoice />}
    </div>
  );
}

type StepProps = {
  readonly id: string;
  readonly heading: string;
  readonly change: string;
  readonly isOpen: boolean;
  readonly onOpen: () => void;
  /** What was chosen, in one line. */
  readonly line: ComponentChildren;
  readonly children: ComponentChildren;
};

/** The list to choose from, or the choice in one line. The focus goes from the one to the other. */
function Step({ id, heading, change, isOpen, onOpen, line, children }: StepProps) {
  const step = useRef<HTMLElement>(null);
  const changing = useRef<HTMLButtonElement>(null);
  const wasOpen = useRef(isOpen);
  const isPressed = useRef(false);
  const press = () => {
    isPressed.current = true;
    onOpen();
  };
  useLayoutEffect(() => {
    if (wasOpen.current && !isOpen) changing.current?.focus({ preventScroll: true });
    // The button that has opened it is gone. Where the browser's Back has opened it, the focus stays.
    if (!wasOpen.current && isOpen && isPressed.current) {
      const find = (what: string) => step.current?.querySelector<HTMLElement>(what);
      (find('[aria-pressed="true"]') ?? find('button'))?.focus({ preventScroll: true });
    }
    wasOpen.current = isOpen;
    isPressed.current = false;
  }, [isOpen]);
  return (
    <section class="step" data-folded={!isOpen || undefined} aria-labelledby={id} ref={step}>
      <h2 id={id}>{heading}</h2>
      {isOpen ? (
        children
      ) : (
        <div class="folded">
          <p class="folded-line">{line}</p>
          <button type="button" class="button quiet" aria-label={change} ref={changing} onClick={press}>
            {words.value.choice.change}
          </button>
        </div>
      )}
    </section>
  );
}

function PlaceChoice() {
  const { choice } = words.value;
  const isWanted = useSignal(false);
  const want = () => {
    isWanted.value = true;
  };
  const place = location.value;
  const line = (
    <>
      <strong>{place?.name}</strong> {place?.address != null && <span class="soft">{place.address}</span>}
    </>
  );
  return (
    <Step id="where" heading={choice.where} change={choice.changePlace} isOpen={isWanted.value} onOpen={want} line={line}>
      <ul class="places">
        {openShop().locations.map(({ id, name, address }) => (
          <li key={id}>
            <button
              type="button"
              class="place"
              aria-pressed={id === locationId.value}
              onClick={() => {
                chooseLocation(id);
                isWanted.value = false;
              }}
            >
              <span class="service-name">{name}</span>
              {address !== null && <span class="soft">{address}</span>}
            </button>
          </li>
        ))}
      </ul>
    </Step>
  );
}

function ServiceChoice() {
  const { choice } = words.value;
  const chosen = service.value;
  const isWanted = useSignal(false);
  const want = () => {
    isWanted.value = true;
  };
  const choose = (id: string) => {
    isWanted.value = false;
    chooseServiceByHand(id);
  };
  const line = chosen !== undefined && (
    <>
      <strong>{chosen.name}</strong> <span class="whole">{durationRange(offeredRange(chosen, doers.value))}</span>{' '}
      <span class="whole price">{priceRange(offeredRange(chosen, doers.value), chosen.priceType)}</span>
    </>
  );
  return (
    <Step id="what" heading={choice.what} change={choice.changeService} isOpen={isWanted.value || chosen === undefined} onOpen={want} line={line}>
      {byCategory(servicesHere.value).map(([category, offers]) => (
        <div key={category} class="category">
          {category !== '' && <h3>{category}</h3>}
          <ul class="services">
            {offers.map((offer) => (
              <li key={offer.id}>
                <button type="button" class="service" aria-pressed={offer.id === serviceId.value} onClick={() => choose(offer.id)}>
                  <ServiceWords offer={offer} staffIds={doersHere(offer)} />
                </button>
              </li>
            ))}
          </ul>
        </div>
      ))}
      {servicesHere.value.length === 0 && <p class="soft">{choice.nothingHere}</p>}
    </Step>
  );
}

/** Services of one category together, in the order of the list. */
function byCategory(services: readonly Service[]): readonly (readonly [category: string, services: readonly Service[]])[] {
  return [...Map.groupBy(services, ({ category }) => category ?? '')];
}

/** They make it longer, so they are chosen before the time. */
function AddOnsChoice({ offered, currency }: { readonly offered: Service['addOns']; readonly currency: string }) {
  return (
    <fieldset class="step">
      <legend>
        <h2>{words.value.choice.along}</h2>
      </legend>
      <AddOnsField offered={offered} currency={currency} chosen={addOnIds.value} onChoose={chooseAddOns} />
    </fieldset>
  );
}

/** With a friend: all seats are held and booked together. */
function SeatsChoice({ most }: { readonly most: number }) {
  const { choice } = words.value;
  const count = seats.value;
  return (
    <section class="step" aria-labelledby="seats">
      <h2 id="seats">{choice.howMany}</h2>
      <div class="stepper">
        <button type="button" class="button icon" aria-label={choice.fewer} aria-disabled={count === 1 || undefined} onClick={() => chooseSeats(count - 1)}>
          −
        </button>
        <output aria-labelledby="seats">{say(choice.seats, { count })}</output>
        <button type="button" class="button icon" aria-label={choice.more} aria-disabled={count === most || undefined} onClick={() => chooseSeats(count + 1)}>
          +
        </button>
      </div>
    </section>
  );
}

/** In one row, which scrolls by itself. */
function PersonChoice() {
  const { choice } = words.value;
  const row = useRef<HTMLDivElement>(null);
  // After the page is laid out: to ask where something stands while it is drawn would lay out all of it once more.
  useEffect(() => {
    const chosen = row.current?.querySelector<HTMLElement>('.pill:has(input:checked)');
    // Only the row, never the page.
    if (row.current !== null && chosen != null) row.current.scrollLeft = chosen.offsetLeft - row.current.clientWidth / 2 + chosen.clientWidth / 2;
  }, [serviceId.value, locationId.value]);
  return (
    <fieldset class="step">
      <legend>
        <h2>{choice.whom}</h2>
      </legend>
      <div class="people" ref={row}>
        <Person id={undefined} name={choice.anyone} />
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
      <span class="pill-name" title={name}>
        {name}
      </span>
      <Own staffId={id} />
    </label>
  );
}

/** What it takes and costs with this person, where that is not the same with all. */
function Own({ staffId: id }: { readonly staffId: string | undefined }) {
  const offer = service.value;
  if (offer === undefined || id === undefined) return null;
  const [all, own] = [offeredRange(offer, doersHere(offer)), offeredRange(offer, [id])];
  const said = [
    all.minutes.least === all.minutes.most ? '' : durationRange(own),
    all.price.least.amount === all.price.most.amount ? '' : priceRange(own, offer.priceType),
  ].filter(Boolean);
  return said.length === 0 ? null : <span class="pill-own">{said.join(' · ')}</span>;
}
