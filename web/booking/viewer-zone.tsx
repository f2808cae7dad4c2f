import { sameClock, zoneName } from '../kit/money-and-time.ts';
import { viewerZone } from '../kit/zoned-dates.ts';
import { location, timeZone } from './choosing.ts';

/** Says whose clock the times are on, when it is not the viewer's. */
export function ViewerZone({ at }: { readonly at: number }) {
  if (sameClock(at, timeZone.value, viewerZone())) return null;
  return (
    <p class="soft zone-note">
      Times are in {zoneName(at, timeZone.value)}, as in {location.value?.name}.
    </p>
  );
}
