// What letters are about, for the owner who looks through them.

const TOPICS: { readonly [topic: string]: string } = {
  'email-verification': 'Address verification',
  'already-registered': 'Account already exists',
  'password-reset': 'Password reset',
  'password-reset-without-account': 'Password reset, no account',
  'password-changed': 'Password changed',
  invitation: 'Invitation',
  'booking-code': 'Booking code',
  'second-factor-on': 'Second factor switched on',
  'second-factor-off': 'Second factor removed',
};

/** A topic without words of its own is said as it is spelled. */
export function topicWords(topic: string): string {
  const plain = topic.replaceAll(/[-.]/g, ' ');
  return TOPICS[topic] ?? plain.charAt(0).toUpperCase() + plain.slice(1);
}

const DELIVERIES: { readonly [state: string]: string } = { waiting: 'Waiting to be sent', sent: 'Sent', failed: 'Could not be sent' };

/** Nothing for what is only kept here: where there is no mail server, that is all letters. */
export function deliveryWords(state: string): string | undefined {
  return state === 'kept' ? undefined : (DELIVERIES[state] ?? topicWords(state));
}
