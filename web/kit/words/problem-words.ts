/** Problems that customers can meet on the booking page, in another language than English. What is not here is `other`. */
export type ProblemWords = Readonly<
  Record<
    | 'slot-taken'
    | 'customer-busy'
    | 'slot-in-past'
    | 'too-soon'
    | 'too-far'
    | 'outside-hours'
    | 'off-grid'
    | 'limit-reached'
    | 'hold-expired'
    | 'hold-not-found'
    | 'cancel-too-late'
    | 'reschedule-too-late'
    | 'payment-required'
    | 'voucher-unknown'
    | 'voucher-expired'
    | 'voucher-used-up'
    | 'voucher-not-for-this'
    | 'payments-off'
    | 'wrong-status'
    | 'invalid-request'
    | 'not-found'
    | 'unauthenticated'
    | 'manage-token-ended'
    | 'proof-required'
    | 'forbidden'
    | 'blocked'
    | 'rate-limited'
    | 'overloaded'
    | 'outcome-unknown'
    | 'unreachable'
    | 'internal'
    | 'other',
    string
  >
>;
