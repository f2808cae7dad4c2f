// What letters are about, for the owner who looks through them.

const TOPICS: { readonly [topic: string]: string } = {
  'email-verification': 'Verify an address',
  'already-registered': 'There is an account already',
  'password-reset': 'Set a new password',
  'password-reset-without-account': 'No account to set a password for',
  'password-changed': 'The password has changed',
  invitation: 'Invitation',
  'booking-code': 'A code for a booking',
  'second-factor-on': 'A second factor was switched on',
  'second-factor-off': 'The second factor was removed',
};

/** A topic without words of its own is said as it is spelled. */
export function topicWords(topic: string): string {
  const plain = topic.replaceAll(/[-.]/g, ' ');
  return TOPICS[topic] ?? plain.charAt(0).toUpperCase() + plain.slice(1);
}

const DELIVERIES: { readonly [state: string]: string } = { waiting: 'Waiting to be mailed', sent: 'Mailed', failed: 'Could not be mailed' };

/** Nothing for what is only kept here: where there is no mail server, that is all letters. */
export function deliveryWords(state: string): string | undefined {
  return state === 'kept' ? undefined : (DELIVERIES[state] ?? topicWords(state));
}
