import type { z } from 'zod';
import type { serviceChangeBody } from '../../../src/protocol/catalog.ts';
import {
  choice,
  line,
  lineOrNone,
  longText,
  percentOrNone,
  price,
  priceOrNone,
  refunds,
  several,
  span,
  spanOrNone,
  wholeNumber,
  wholeNumberOrNone,
  yesOrNo,
} from '../../kit/field-kinds.tsx';
import { counted } from '../../kit/money-and-time.ts';
import { openCatalog } from '../catalog.ts';
import type { FieldsOf } from '../drafts.ts';
import { addOnsKind } from './add-ons-field.tsx';
import { questionsKind } from './questions-field.tsx';
import { staffTermsKind } from './staff-terms-field.tsx';

type ServiceChange = z.input<typeof serviceChangeBody>;

const ABOUT = {
  name: { label: 'Name', kind: line() },
  description: { label: 'Description', kind: longText(), isOptional: true, hint: 'A sentence or two on the booking page.' },
  category: { label: 'Category', kind: lineOrNone(), isOptional: true, hint: 'Such as Hair or Massage.' },
  colour: { label: 'Colour', kind: lineOrNone(), isOptional: true, hint: 'In six hexadecimal digits, such as #3a7d44.' },
  position: {
    label: 'Place in lists',
    kind: wholeNumberOrNone('last'),
    isOptional: true,
    hint: 'Services with small numbers come first. A new one comes last.',
  },
  active: { label: 'Booking', kind: yesOrNo('Customers and the desk can book it', ['cannot be booked', 'can be booked']) },
  online: { label: 'Online', kind: yesOrNo('Customers can see it and book it online', ['for the desk only', 'for customers too']) },
  minutes: { label: 'Length', kind: span() },
  slotIntervalMinutes: { label: 'Starts every', kind: span(), hint: 'With 15 minutes, times such as 9:00, 9:15 and 9:30 are offered.' },
  grid: {
    label: 'Free times',
    kind: choice([
      { value: 'fixed', words: 'At fixed times of day' },
      { value: 'pack', words: 'Also right after other appointments' },
    ]),
  },
  bufferBeforeMinutes: { label: 'Kept free before', kind: span(['minutes', 'hours']) },
  bufferAfterMinutes: { label: 'Kept free after', kind: span(['minutes', 'hours']), hint: 'To clean up or rest. Customers do not see it.' },
} as const;

const RULES = {
  leadTimeMinutes: { label: 'Least notice', kind: span(['minutes', 'hours', 'days']), hint: 'How long before it starts it can still be booked.' },
  horizonDays: {
    label: 'Can be booked ahead',
    kind: wholeNumberOrNone('without limit', (value) => counted(value, 'day', 'days')),
    isOptional: true,
    hint: 'In days. Empty: without limit.',
  },
  cancelUntilMinutes: {
    label: 'Customers can cancel until',
    kind: spanOrNone('up to the start'),
    isOptional: true,
    hint: 'Before it starts. Empty: up to the start.',
  },
  rescheduleUntilMinutes: {
    label: 'Customers can move it until',
    kind: spanOrNone('up to the start'),
    isOptional: true,
    hint: 'Before it starts. Empty: up to the start.',
  },
  approval: {
    label: 'Bookings',
    kind: choice([
      { value: 'automatic', words: 'Are booked at once' },
      { value: 'manual', words: 'Are requests that the desk answers' },
    ]),
  },
  capacity: { label: 'Customers at the same time', kind: wholeNumber(), hint: 'More than 1 is a class.' },
  dailyLimit: { label: 'Most in a day', kind: wholeNumberOrNone('no limit'), isOptional: true, hint: 'For each person. Empty: no limit.' },
  weeklyLimit: { label: 'Most in a week', kind: wholeNumberOrNone('no limit'), isOptional: true, hint: 'From Monday to Sunday.' },
  monthlyLimit: { label: 'Most in a month', kind: wholeNumberOrNone('no limit'), isOptional: true },
} as const;

function moneyFields(currency: string) {
  return {
    priceType: {
      label: 'Kind of price',
      kind: choice([
        { value: 'fixed', words: 'A fixed price' },
        { value: 'from', words: 'From: the desk sets the final price' },
        { value: 'free', words: 'Free: nothing is ever asked for' },
      ]),
    },
    price: { label: `Price in ${currency}`, kind: price(currency), hint: 'Of a price “from”, the least. Deposits and fees are shares of it.' },
    taxPercent: {
      label: 'Tax rate in %',
      kind: percentOrNone('none said'),
      isOptional: true,
      hint: 'Included in the price, such as 19 or 5.5. Empty: receipts say nothing of taxes.',
    },
    paymentPolicy: {
      label: 'Paid when booking',
      kind: choice([
        { value: 'none', words: 'Nothing' },
        { value: 'deposit', words: 'A deposit' },
        { value: 'full', words: 'The whole price' },
        { value: 'reserve', words: 'Nothing: the price is reserved on the card, and taken at the visit' },
      ]),
      hint: 'A price is reserved for visits within six days, as banks keep it for a week; further ahead it is paid when booking.',
    },
    deposit: { label: `Deposit in ${currency}`, kind: priceOrNone(currency), isOptional: true, hint: 'For each seat. Or give a share below.' },
    depositPercent: { label: 'Deposit as a share in %', kind: wholeNumberOrNone('none', (value) => `${value}%`), isOptional: true },
    refundRules: { label: 'Money back when the customer cancels', kind: refunds() },
    noShowFee: {
      label: `No-show fee in ${currency}`,
      kind: priceOrNone(currency),
      isOptional: true,
      hint: 'For each seat. What a customer owes who does not come. Or give a share below.',
    },
    noShowFeePercent: { label: 'No-show fee as a share of the price in %', kind: wholeNumberOrNone('none', (value) => `${value}%`), isOptional: true },
    noShowFeeTaxed: {
      label: 'Tax on the no-show fee',
      kind: yesOrNo('It includes the tax of the price', ['without tax, as compensation', 'with the tax of the price']),
      hint: 'Which it is, the law of your country says: ask your tax adviser.',
    },
    noShowFeeCard: { label: 'Card for the no-show fee', kind: yesOrNo('Customers leave a card that it can be charged to', ['no card', 'a card is kept']) },
  } as const;
}

/** Every field of a service, in `currency`. */
export function serviceFields(currency: string): FieldsOf<ServiceChange> {
  const { staff, resources } = openCatalog();
  return {
    ...ABOUT,
    ...moneyFields(currency),
    ...RULES,
    questions: { label: 'Questions', kind: questionsKind() },
    addOns: { label: 'Add-ons', kind: addOnsKind(currency), hint: 'Each makes it longer, dearer, or both. A class takes as long for everybody.' },
    staffIds: {
      label: 'Who does it',
      kind: several(
        staff.filter(({ bookable }) => bookable).map(({ id, name }) => ({ value: id, words: name })),
        'nobody yet',
      ),
    },
    staffTerms: {
      label: 'Length and price by person',
      kind: staffTermsKind(currency, staff),
      isOptional: true,
      hint: 'Who takes longer, or costs more. An empty field is as with everybody.',
    },
    resourceIds: {
      label: 'Needs one of these rooms or things',
      kind: several(
        resources.map(({ id, name }) => ({ value: id, words: name })),
        'none',
      ),
    },
  };
}

/** What a new one is, as long as nothing else is typed: the defaults of `serviceFields` in `src/protocol/catalog.ts`. */
export const NEW_SERVICE = {
  ...{
    name: '',
    description: null,
    category: null,
    colour: null,
    active: true,
    online: true,
    minutes: 60,
    slotIntervalMinutes: 60,
    grid: 'fixed',
    bufferBeforeMinutes: 0,
    bufferAfterMinutes: 0,
  },
  ...{
    priceType: 'fixed',
    taxPercent: null,
    paymentPolicy: 'none',
    deposit: null,
    depositPercent: null,
    refundRules: [],
    noShowFee: null,
    noShowFeePercent: null,
    noShowFeeCard: false,
    noShowFeeTaxed: false,
    leadTimeMinutes: 0,
    horizonDays: null,
    cancelUntilMinutes: null,
  },
  ...{
    rescheduleUntilMinutes: null,
    approval: 'automatic',
    capacity: 1,
    dailyLimit: null,
    weeklyLimit: null,
    monthlyLimit: null,
    questions: [],
    addOns: [],
    staffTerms: [],
    staffIds: [],
    resourceIds: [],
  },
} as const;

const FOR_NEW_ONES: readonly string[] = [
  ...[
    'price',
    'priceType',
    'taxPercent',
    'deposit',
    'depositPercent',
    'paymentPolicy',
    'refundRules',
    'noShowFee',
    'noShowFeePercent',
    'noShowFeeCard',
    'noShowFeeTaxed',
    'minutes',
    'bufferBeforeMinutes',
    'bufferAfterMinutes',
  ],
  ...[
    'cancelUntilMinutes',
    'rescheduleUntilMinutes',
    'approval',
    'capacity',
    'dailyLimit',
    'weeklyLimit',
    'monthlyLimit',
    'addOns',
    'staffTerms',
    'leadTimeMinutes',
    'horizonDays',
    'slotIntervalMinutes',
    'grid',
  ],
];

/** For whom a change counts. */
export function reachOfService(names: readonly string[]): string | undefined {
  if (names.includes('active') || names.includes('online')) return 'Open booking pages show it at once. Appointments that are booked stay.';
  if (names.some((name) => FOR_NEW_ONES.includes(name)))
    return 'This counts for new bookings, on every open page at once. Appointments that are booked keep what they were booked with.';
  return 'Customers see it the next time they look.';
}
