import { DAY, instant } from '../../src/model/instant.ts';
import type { Running } from './machine.ts';
import type { Reader } from './plan.ts';
import { FIRST_SLOT } from './scene.ts';
import { CUT } from './simulated-process.ts';
import type { World } from './world.ts';

const MOST_CHANGES = 50;
type Step = Reader['steps'][number];

/** Somebody who only looks, now here and now there. */
export async function readOn(world: World, plan: Reader): Promise<void> {
  await world.time.sleep(plan.startsAt);
  for (const step of plan.steps) {
    await world.time.sleep(step.pause);
    if (world.isClosing) return;
    const running = world.machines[step.node]?.running;
    // A read that fails has shown nothing.
    if (running !== undefined) await look(world, plan.name, step, running).catch(() => undefined);
  }
}

async function look(world: World, reader: string, step: Step, { process, node }: Running): Promise<void> {
  const { time, history, everyCalendar } = world;
  const calendar = everyCalendar[step.calendar % everyCalendar.length];
  if (calendar === undefined) return;
  const { calendarId, staffId } = calendar;
  const asked = { reader, node: process.name, askedAt: time.now };
  switch (step.look) {
    case 'views': {
      const views = await process.ask(() => node.views([calendarId], instant(0), instant(Number.MAX_SAFE_INTEGER)));
      if (views !== CUT) for (const view of views) history.looks.push({ ...asked, type: 'view', answeredAt: time.now, view });
      return;
    }
    case 'slots': {
      const service = step.calendar % world.services;
      const range = { from: FIRST_SLOT, to: instant(FIRST_SLOT + DAY), seats: 1, movingAppointmentId: null };
      const found = await process.ask(() => node.slots([{ calendarId, staffId, terms: world.termsOf(service), ...range }]));
      if (found !== CUT) for (const slots of found) history.looks.push({ ...asked, type: 'slots', answeredAt: time.now, slots, service });
      return;
    }
    case 'changes': {
      const answer = await process.ask(() => node.changes(calendarId, 0, MOST_CHANGES));
      if (answer !== CUT && typeof answer === 'object') {
        history.looks.push({ ...asked, type: 'changes', answeredAt: time.now, calendarId, changes: answer.changes, revision: answer.revision });
      }
      return;
    }
    default:
      step.look satisfies never;
  }
}
