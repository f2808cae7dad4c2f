// What comes in while this desk looks elsewhere: bookings and people who have come, counted in the title of the page, with a sound for those who want one.
import { effect, signal } from '@preact/signals';
import type { ChangeEventReply } from '../../src/protocol/calendars.ts';
import { openShop } from '../kit/shop.ts';
import { inFlight } from './acting.ts';
import { lastEvents } from './watching.ts';
import { words } from './wording.ts';

const NEWS: readonly ChangeEventReply['type'][] = ['appointment.booked', 'appointment.requested', 'appointment.checked-in'];
const SOUND = 'desk-sound';
/** A short, soft tone. */
const TONE = { hertz: 784, seconds: 0.25, loudness: 0.15 };

const unseen = signal(0);
export const hasSound = signal(localStorage.getItem(SOUND) === 'on');
let audio: AudioContext | undefined;

export function switchSound(isOn: boolean): void {
  hasSound.value = isOn;
  localStorage.setItem(SOUND, isOn ? 'on' : 'off');
  if (isOn) play();
}

/** Counts and sounds until the returned function is called. */
export function keepNews(): () => void {
  const heard = effect(() => {
    const fresh = lastEvents.value.filter(({ type }) => NEWS.includes(type)).length;
    // What this desk has done itself is no news to it.
    if (fresh === 0 || inFlight.peek().length > 0) return;
    if (document.visibilityState === 'hidden') unseen.value = unseen.peek() + fresh;
    if (hasSound.peek()) play();
  });
  const titled = effect(() => {
    const count = unseen.value === 0 ? '' : `(${unseen.value}) `;
    document.title = `${count}${words.value.top.title({ business: openShop().business.name })}`;
  });
  const onSeen = () => {
    if (document.visibilityState === 'visible') unseen.value = 0;
  };
  document.addEventListener('visibilitychange', onSeen);
  return () => {
    heard();
    titled();
    document.removeEventListener('visibilitychange', onSeen);
  };
}

/** Browsers are silent until something on the page was pressed; then the next one is heard. */
function play(): void {
  audio ??= new AudioContext();
  void audio.resume();
  const [tone, volume] = [audio.createOscillator(), audio.createGain()];
  const now = audio.currentTime;
  tone.frequency.value = TONE.hertz;
  volume.gain.setValueAtTime(TONE.loudness, now);
  volume.gain.exponentialRampToValueAtTime(0.001, now + TONE.seconds);
  tone.connect(volume).connect(audio.destination);
  tone.start(now);
  tone.stop(now + TONE.seconds);
}
