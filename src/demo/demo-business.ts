// The demo business, as data: what it offers, who works there and when. Names stand for ids until it is stored.
import type { BookableService } from '../catalog/catalog.ts';
import type { AddOn } from '../model/add-ons.ts';
import type { Weekday, WeeklyWindow } from '../model/calendar-hours.ts';

export const DEMO_BUSINESS_NAME = 'Salt & Pine';

export type DemoLocation = {
  readonly name: string;
  readonly timeZone: string;
  readonly address: string;
  readonly phone: string;
  readonly weekly: readonly WeeklyWindow[];
};
type Plain = Exclude<keyof typeof PLAIN, 'rooms'>;
export type DemoService = Pick<BookableService, 'name' | 'minutes' | 'category' | Plain> & {
  readonly euros: number;
  readonly priceType?: BookableService['priceType'];
  /** So many hundredths are paid before it is booked; left out: nothing. */
  readonly deposit?: number;
  /** The price is reserved on the card before it is booked, and taken at the visit. */
  readonly isReserved?: true;
  /** So many hundredths are owed by a customer who does not come; left out: nothing. */
  readonly noShowFee?: number;
  /** Names of rooms; it takes one of them along. */
  readonly rooms: readonly string[];
  readonly addOns?: readonly Omit<AddOn, 'id'>[];
};
export type DemoRoom = { readonly name: string; readonly location: string };
export type DemoStaffMember = {
  readonly name: string;
  /** The part of the e-mail before the at sign: the first name in plain letters. */
  readonly login: string;
  readonly location: string;
  /** null: none of their own. */
  readonly weekly: readonly WeeklyWindow[] | null;
  readonly ownHours: boolean;
  readonly services: readonly string[];
};

const WORKDAYS: readonly Weekday[] = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday'];

/** `windows('09:00-13:00 14:00-18:00', days)`: the same hours on several days. */
function windows(times: string, days: readonly Weekday[]): readonly WeeklyWindow[] {
  return days.flatMap((day) => times.split(' ').map((time) => ({ day, from: time.slice(0, 5), to: time.slice(6) })));
}

export const DEMO_LOCATIONS: readonly DemoLocation[] = [
  {
    name: 'Lisbon, Chiado',
    timeZone: 'Europe/Lisbon',
    address: 'Rua Garrett 73, 1200-203 Lisboa',
    phone: '+351 21 555 0173',
    weekly: [...windows('09:00-20:00', WORKDAYS), ...windows('10:00-18:00', ['saturday'])],
  },
  {
    name: 'Berlin, Kreuzberg',
    timeZone: 'Europe/Berlin',
    address: 'Oranienstraße 21, 10999 Berlin',
    phone: '+49 30 5550 2121',
    weekly: [...windows('08:00-20:00', WORKDAYS), ...windows('09:00-16:00', ['saturday'])],
  },
];

const PLAIN = {
  description: null,
  colour: null,
  slotIntervalMinutes: 15,
  bufferBeforeMinutes: 0,
  bufferAfterMinutes: 0,
  leadTimeMinutes: 0,
  horizonDays: 120,
  capacity: 1,
  grid: 'fixed',
  taxPercent: 23,
  approval: 'automatic',
  cancelUntilMinutes: 24 * 60,
  rescheduleUntilMinutes: 12 * 60,
  dailyLimit: null,
  rooms: [],
} as const;

/** As many as there are people who need one at the same time, so that what is drawn for them fits. */
export const DEMO_ROOMS: readonly DemoRoom[] = [
  { name: 'Treatment room', location: 'Lisbon, Chiado' },
  { name: 'Quiet room', location: 'Lisbon, Chiado' },
];
const LISBON_ROOMS = DEMO_ROOMS.map(({ name }) => name);

export const DEMO_SERVICES: readonly DemoService[] = [
  { ...PLAIN, name: 'Haircut', colour: '#3b76c4', category: 'Hair', minutes: 30, bufferAfterMinutes: 5, euros: 34, description: 'Wash, cut and finish.' },
  {
    ...PLAIN,
    name: 'Cut & beard',
    colour: '#8a5cc2',
    category: 'Hair',
    minutes: 45,
    bufferAfterMinutes: 5,
    euros: 46,
    description: 'A haircut, and the beard trimmed to match.',
  },
  {
    ...PLAIN,
    name: 'Beard trim',
    colour: '#c0692a',
    category: 'Hair',
    minutes: 20,
    slotIntervalMinutes: 10,
    bufferAfterMinutes: 5,
    euros: 19,
    cancelUntilMinutes: 120,
    rescheduleUntilMinutes: 120,
  },
  {
    ...PLAIN,
    name: 'Colour',
    colour: '#c4427a',
    category: 'Hair',
    minutes: 120,
    slotIntervalMinutes: 30,
    bufferAfterMinutes: 15,
    euros: 118,
    priceType: 'from',
    grid: 'pack',
    description: 'Full colour with a toning treatment. Please come with dry hair.',
    addOns: [
      { name: 'Scalp massage', priceMinor: 1_200, durationMinutes: 15, online: true },
      { name: 'Mask to take home', priceMinor: 1_800, durationMinutes: 0, online: true },
      { name: 'Correction of an earlier colour', priceMinor: 4_500, durationMinutes: 60, online: false },
    ],
  },
  { ...PLAIN, name: 'Manicure', colour: '#5f8f2f', category: 'Hands and face', minutes: 40, slotIntervalMinutes: 20, bufferAfterMinutes: 10, euros: 36 },
  {
    ...PLAIN,
    name: 'Relaxing massage',
    colour: '#1f8a99',
    noShowFee: 50,
    category: 'Massage and movement',
    minutes: 60,
    slotIntervalMinutes: 30,
    bufferBeforeMinutes: 10,
    bufferAfterMinutes: 10,
    euros: 74,
  },
  {
    ...PLAIN,
    name: 'Deep-tissue massage',
    colour: '#a8741a',
    category: 'Massage and movement',
    minutes: 90,
    slotIntervalMinutes: 30,
    bufferBeforeMinutes: 10,
    bufferAfterMinutes: 15,
    euros: 102,
    isReserved: true,
    noShowFee: 50,
    dailyLimit: 3,
    rooms: LISBON_ROOMS,
  },
  {
    ...PLAIN,
    name: 'Physiotherapy, first visit',
    colour: '#5a6fd0',
    category: 'Massage and movement',
    minutes: 50,
    slotIntervalMinutes: 30,
    bufferAfterMinutes: 10,
    euros: 88,
    taxPercent: 6,
    approval: 'manual',
    rooms: LISBON_ROOMS,
    description: 'We look at your notes first and confirm within a day.',
  },
  {
    ...PLAIN,
    name: 'Yoga class',
    colour: '#3d8a4e',
    category: 'Massage and movement',
    minutes: 60,
    slotIntervalMinutes: 60,
    capacity: 6,
    euros: 16,
    cancelUntilMinutes: 180,
    description: 'Six mats, all levels.',
  },
  {
    ...PLAIN,
    name: 'Bridal styling',
    colour: '#b5485a',
    category: 'Hair',
    deposit: 25,
    minutes: 75,
    slotIntervalMinutes: 15,
    bufferAfterMinutes: 15,
    leadTimeMinutes: 3 * 24 * 60,
    horizonDays: 60,
    euros: 160,
    description: 'Trial styling; book at least three days ahead.',
  },
];

export const DEMO_STAFF: readonly DemoStaffMember[] = [
  {
    name: 'Inês Carvalho',
    login: 'ines',
    location: 'Lisbon, Chiado',
    weekly: windows('09:00-13:00 14:00-18:00', WORKDAYS),
    ownHours: false,
    services: ['Haircut', 'Colour', 'Bridal styling'],
  },
  {
    name: 'Tiago Moreira',
    login: 'tiago',
    location: 'Lisbon, Chiado',
    weekly: [...windows('12:00-16:00 16:30-20:00', ['tuesday', 'wednesday', 'thursday', 'friday']), ...windows('10:00-18:00', ['saturday'])],
    ownHours: false,
    services: ['Haircut', 'Cut & beard', 'Beard trim'],
  },
  {
    name: 'Marta Figueiredo',
    login: 'marta',
    location: 'Lisbon, Chiado',
    weekly: windows('10:00-14:00 15:00-19:00', ['monday', 'tuesday', 'wednesday', 'thursday']),
    ownHours: false,
    services: ['Relaxing massage', 'Deep-tissue massage'],
  },
  {
    name: 'Rui Tavares',
    login: 'rui',
    location: 'Lisbon, Chiado',
    weekly: windows('09:00-13:00', ['monday', 'wednesday', 'friday']),
    ownHours: false,
    services: ['Physiotherapy, first visit', 'Relaxing massage'],
  },
  {
    name: 'Lena Vogt',
    login: 'lena',
    location: 'Berlin, Kreuzberg',
    weekly: windows('08:00-12:00 12:30-16:30', WORKDAYS),
    ownHours: false,
    services: ['Haircut', 'Colour', 'Bridal styling'],
  },
  {
    name: 'Jonas Albrecht',
    login: 'jonas',
    location: 'Berlin, Kreuzberg',
    weekly: windows('12:00-20:00', ['tuesday', 'wednesday', 'thursday', 'friday']),
    ownHours: false,
    services: ['Haircut', 'Cut & beard', 'Beard trim'],
  },
  {
    name: 'Amara Okafor',
    login: 'amara',
    location: 'Berlin, Kreuzberg',
    // Early and late, and on Sundays: the studio's own hours do not bind her.
    weekly: [...windows('07:00-09:00 18:00-21:00', ['monday', 'wednesday', 'thursday']), ...windows('10:00-13:00', ['sunday'])],
    ownHours: true,
    services: ['Yoga class', 'Relaxing massage'],
  },
  { name: 'Milan Petrov', login: 'milan', location: 'Berlin, Kreuzberg', weekly: null, ownHours: false, services: ['Manicure'] },
];

export const DEMO_FIRST_NAMES = [
  'Ada',
  'Bruno',
  'Carla',
  'Diogo',
  'Elif',
  'Felix',
  'Greta',
  'Hugo',
  'Ida',
  'Jakob',
  'Klara',
  'Leonor',
  'Mats',
  'Nadia',
  'Oskar',
  'Paula',
  'Rita',
  'Samuel',
  'Teresa',
  'Viktor',
] as const;
export const DEMO_LAST_NAMES = [
  'Almeida',
  'Brandt',
  'Costa',
  'Dietrich',
  'Esteves',
  'Fischer',
  'Gomes',
  'Hartmann',
  'Ivanova',
  'Jansen',
  'Krause',
  'Lopes',
  'Matos',
  'Neumann',
  'Pereira',
  'Richter',
  'Sousa',
  'Weiss',
] as const;
