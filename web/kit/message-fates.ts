// Why a message did not leave, in words. The server says it in a code of its own, with numbers of the mail server or the provider behind it.

const WHY = new Map(
  Object.entries({
    'switched-off': 'these messages are switched off',
    'address-refused': 'the address was refused before',
    'no-address': 'there is no address',
    'bad-address': 'the address is not valid',
    'not-sendable': 'the mail server cannot take it',
    'no-mail-server': 'no mail server is set up',
    'over-budget': 'too many messages were sent',
    unsubscribed: 'the customer wants no reminders',
    'not-booked-any-more': 'the appointment was no longer booked',
    'nothing-that-day': 'nothing was left of the day',
    moved: 'the appointment was moved',
    'changed-meanwhile': 'the appointment has changed',
    'too-late': 'it was too late',
    'too-old': 'it could not be sent for a day',
    'no-phone-number': 'there is no phone number',
    'not-a-mobile-number': 'the number is not a mobile one',
    'country-not-allowed': 'no texts are sent to that country',
    'opted-out': 'the customer wants no texts',
    'quiet-hours': 'quiet hours last longer than it would have been of use',
    'no-sms-provider': 'no provider of texts is set up',
    'outcome-unknown': 'it may have been sent, which is not known',
    refused: 'it was refused for good',
    'put-off': 'it was put off',
    undelivered: 'it could not be delivered',
    unreachable: 'its server cannot be reached',
    'timed-out': 'its server did not answer in time',
    'not-encrypted': 'its server cannot encrypt',
    'login-refused': 'its server refused the login',
    'cut-off': 'it was interrupted',
    'internal-error': 'the server had a fault',
  }),
);

/** "the address was refused before (550 5.1.1)". What has no words here is shown as it is. */
export function whyNotSent(failure: string): string {
  const [code = '', ...rest] = failure.split(' ');
  const why = WHY.get(code);
  if (why === undefined) return failure;
  const more = rest.join(' ').replace(/^\((.*)\)$/, '$1');
  return more === '' || code === 'over-budget' ? why : `${why} (${more})`;
}
