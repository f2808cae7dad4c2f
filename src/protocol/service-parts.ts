// What belongs to a service, on the wire: what customers are asked, and what can be done along with it.
import { z } from 'zod';
import { MOST_ADD_ONS } from '../model/add-ons.ts';
import { QUESTION_KINDS, wrongQuestions } from '../model/questions.ts';
import { lineOfText, money, ONE_DAY_MINUTES, uuid } from './scalars.ts';

/** As many as a customer answers on a telephone without giving up. */
const MOST_QUESTIONS = 20;
const question = z
  .strictObject({
    text: lineOfText(200).meta({ description: 'Also its name: the answer stands under it in `answers`.', example: 'Do you have an allergy?' }),
    kind: z.enum(QUESTION_KINDS),
    options: z.array(lineOfText(100)).max(30).meta({ description: 'Of a choice, at least two.' }).default([]),
    required: z.boolean().meta({ description: 'Customers have to answer it. Those who book for others may leave it open.' }).default(false),
    shownWhen: z
      .strictObject({ question: lineOfText(200), answer: lineOfText(100) })
      .nullable()
      .meta({ description: 'Asked only if this earlier question, a choice or yes-no, has this answer. Null: always.' })
      .default(null),
  })
  .meta({ id: 'Question' });
export const questions = z
  .array(question)
  .max(MOST_QUESTIONS)
  .superRefine((all, context) => {
    for (const { path, message } of wrongQuestions(all)) {
      const steps = path.split('.').map((step) => (/^\d+$/.test(step) ? Number(step) : step));
      context.addIssue({ code: 'custom', path: steps, message, input: all });
    }
  })
  .meta({ description: 'What customers are asked when they book it, in this order.' });
const addOn = z
  .strictObject({
    id: uuid.meta({ description: 'Of your own; it stays while the add-on is the same thing.' }),
    name: lineOfText(100),
    priceMinor: z.int().min(0).max(99_999_999).meta({ description: 'In the smallest unit of the currency of the service, for each seat.' }).default(0),
    durationMinutes: z.int().min(0).max(ONE_DAY_MINUTES).meta({ description: 'How much longer it takes; 0 for a class.' }).default(0),
    online: z.boolean().meta({ description: 'False: only those who work here see it and choose it.' }).default(true),
  })
  .meta({ id: 'AddOn' });
export const addOns = z
  .array(addOn)
  .max(MOST_ADD_ONS)
  .superRefine((all, context) => {
    for (const [index, { id, name }] of all.entries()) {
      if (all.findIndex((other) => other.id === id) < index) context.addIssue({ code: 'custom', path: [index, 'id'], message: 'is there twice', input: all });
      if (all.findIndex((other) => other.name === name) < index)
        context.addIssue({ code: 'custom', path: [index, 'name'], message: 'is there twice', input: all });
    }
  })
  .meta({ description: 'What can be done along with it, in this order. What was booked keeps the name, the price and the length that were agreed.' });

/** More people than do one service anywhere. */
const MOST_STAFF_TERMS = 200;
const staffTermsOfOne = z
  .strictObject({
    staffId: uuid,
    minutes: z.int().min(1).max(ONE_DAY_MINUTES).optional().meta({ description: 'How long it takes with them. Default: `minutes` of the service.' }),
    price: money.optional().meta({ description: 'For one seat, in the currency of the service. Default: `price` of the service.' }),
  })
  .refine(({ minutes, price }) => minutes !== undefined || price !== undefined, { message: 'must have minutes or a price' })
  .meta({ id: 'StaffTerms' });
export const staffTerms = z
  .array(staffTermsOfOne)
  .max(MOST_STAFF_TERMS)
  .superRefine((all, context) => {
    for (const [index, { staffId }] of all.entries())
      if (all.findIndex((other) => other.staffId === staffId) < index)
        context.addIssue({ code: 'custom', path: [index, 'staffId'], message: 'is there twice', input: all });
  })
  .meta({ description: 'Those with whom it takes another time or costs another price. Claims and free times follow it; what was booked stays.' });
