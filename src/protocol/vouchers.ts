// Vouchers on the wire.
import { z } from 'zod';
import { spelledCode } from '../model/voucher.ts';
import { instantInput, instantText, money, page, pageQuery, uuid } from './scalars.ts';

/** Shorter ones are guessed. */
const SHORTEST_CODE = 6;
const LONGEST_CODE = 32;
const MOST_SERVICES = 200;
const MOST_USES = 10_000;

/** As it is typed: case and spaces do not matter. */
export const voucherCode = z
  .string()
  .max(100)
  .overwrite(spelledCode)
  .refine((code) => code.length <= LONGEST_CODE && /^[A-Z\d](-?[A-Z\d])*$/.test(code), `must be at most ${LONGEST_CODE} letters, digits and single hyphens`)
  .meta({ example: 'SPRING-7KQ2' });

/** What a hold or an appointment has of a voucher. */
export const agreedVoucher = z
  .object({ id: uuid, discount: money.meta({ description: 'The price was so much more without it.' }) })
  .meta({ id: 'AgreedVoucher' });

const uses = z.int().min(1).max(MOST_USES);
const isLeft = (given: unknown) => given === undefined || given === null;

/** POST /v1/vouchers */
export const newVoucherBody = z
  .strictObject({
    id: uuid.optional().meta({ description: 'An id of your own for the voucher.' }),
    code: voucherCode
      .refine((code) => code.length >= SHORTEST_CODE, `must have at least ${SHORTEST_CODE} characters`)
      .optional()
      .meta({ description: 'What customers type. Must name no person: it stands in lists. Without it one is made that cannot be guessed.' }),
    amount: money.nullish().meta({ description: 'Off the price of all seats. Either this or `percent`.' }),
    percent: z.int().min(1).max(100).nullish().meta({ description: 'A share of the price of all seats; half a minor unit makes the price less by one.' }),
    leastPrice: money.nullish().meta({ description: 'Only for prices from this one on. Null: for all.' }),
    mostUses: uses.nullish().meta({ description: 'How often it can be used, by all together. Null: no limit.' }),
    mostUsesEach: uses.nullish().meta({ description: 'How often one customer can use it. Null: no limit.' }),
    serviceIds: z.array(uuid).max(MOST_SERVICES).default([]).meta({ description: 'Empty: for every service.' }),
    validFrom: instantInput.nullish().meta({ description: 'Used from this moment on; the time of the appointment does not matter. Null: at once.' }),
    validTo: instantInput.nullish().meta({ description: 'Used before this moment. Null: until it is ended.' }),
  })
  .refine(({ amount, percent }) => isLeft(amount) !== isLeft(percent), { path: ['percent'], message: 'must be there if amount is not, and only then' })
  .refine(({ amount }) => isLeft(amount) || (amount?.amount ?? 0) > 0, { path: ['amount', 'amount'], message: 'must be more than 0' })
  .refine(({ amount, leastPrice }) => !amount || !leastPrice || amount.currency === leastPrice.currency, {
    path: ['leastPrice', 'currency'],
    message: 'must be the currency of amount',
  })
  .refine(({ validFrom, validTo }) => validFrom == null || validTo == null || validFrom < validTo, { path: ['validTo'], message: 'must be after validFrom' })
  .meta({ id: 'NewVoucher' });
export type NewVoucher = z.output<typeof newVoucherBody>;

export const voucher = z
  .object({
    id: uuid,
    code: z.string(),
    amount: money.nullable(),
    percent: z.int().nullable(),
    leastPrice: money.nullable(),
    mostUses: z.int().nullable(),
    mostUsesEach: z.int().nullable(),
    serviceIds: z.array(uuid),
    validFrom: instantText.nullable(),
    validTo: instantText.nullable(),
    endedAt: instantText.nullable(),
    createdAt: instantText,
    used: z.int().meta({ description: 'By appointments that were not called off, and by times that are held for a customer now.' }),
  })
  .meta({ id: 'Voucher' });
export type VoucherReply = z.output<typeof voucher>;
export const vouchersQuery = z.strictObject({
  isOpen: z.enum(['true', 'false']).optional().meta({ description: 'Not ended, and `validTo` is ahead.' }),
  ...pageQuery,
});
export type VouchersAsked = z.output<typeof vouchersQuery>;
export const vouchersPage = page(voucher);
