/** Two spellings of one address are one mailbox, and so one account and one customer. */
export function normaliseEmail(email: string): string {
  return email.trim().normalize('NFKC').toLowerCase();
}
