import type { Booking } from '../booking/parts.ts';
import type { BookReads } from './book-reads-port.ts';
import type { PaymentStore } from './payment-store-port.ts';
import type { Payments } from './payments.ts';

/** What is paid. `online` null: there is no provider, and nothing can be paid but at the desk. */
export type WithPayments = { readonly payments: { readonly store: PaymentStore; readonly books: BookReads; readonly online: Payments | null } };
export type Paying = Booking & WithPayments & { readonly config: { readonly publicUrl: string } };
