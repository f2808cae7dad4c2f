import { say } from '../kit/language.ts';
import { sameClock, zoneName } from '../kit/money-and-time.ts';
import { viewerZone } from '../kit/zoned-dates.ts';
import { chooseClock, clockOf, location, placeZone, timeZone } from './choosing.ts';
import { words } from './languages.ts';

/** Says whose clock the times are on, when there are two, and changes it. */
export function ViewerZone({ at }: { readonly at: number }) {
  if (sameClock(at, placeZone.value, viewerZone())) return null;
  const { times } = words.value;
  const isOwn = clockOf.value === 'viewer';
  const zone = zoneName(at, timeZone.value);
  return (
    <p class="soft zone-note">
      {isOwn ? say(times.zoneOfViewer, { zone }) : say(times.zoneOfPlace, { zone, place: location.value?.name ?? '' })}{' '}
      <button type="button" class="button quiet" onClick={() => chooseClock(isOwn ? 'place' : 'viewer')}>
        {isOwn ? times.toPlace : times.toViewer}
      </button>
    </p>
  );
}
