import { ClaimPanel } from './claim-panel.tsx';
import { claimInPanel, lookingAt } from './looking-at.ts';
import { NewPanel } from './new-panel.tsx';
import { PanelFrame } from './panel-frame.tsx';
import { board } from './watching.ts';

/** Beside the day: what is known about a claim, or the form of a new one. */
export function Panel() {
  const looking = lookingAt.value;
  if (looking === undefined) return null;
  if (looking.kind === 'new') {
    const calendar = board.value.calendars.get(looking.calendarId);
    return calendar === undefined ? null : <NewPanel key={`${looking.calendarId} ${looking.startsAt}`} calendar={calendar} startsAt={looking.startsAt} />;
  }
  const found = claimInPanel.value;
  if (found === undefined) return <Gone />;
  return <ClaimPanel key={looking.claimId} claim={found.claim} calendar={found.calendar} />;
}

function Gone() {
  return (
    <PanelFrame title="No longer here">
      <p class="soft">It has been cancelled, released, or moved to another day.</p>
    </PanelFrame>
  );
}
