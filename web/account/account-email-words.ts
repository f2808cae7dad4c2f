// Titles of e-mails, for the owner.

const TOPICS: { readonly [topic: string]: string } = {
  'email-verification': 'Address verification',
  'already-registered': 'Account already exists',
  'password-reset': 'Password reset',
  'password-reset-without-account': 'Password reset, no account',
  'password-changed': 'Password changed',
  invitation: 'Invitation',
  'booking-code': 'Booking code',
  'webhook-disabled': 'Webhook disabled',
  'time-off-decided': 'Time off answered',
  'second-factor-on': 'Second factor switched on',
  'second-factor-off': 'Second factor removed',
};

/** A topic without a title is shown as it is spelled. */
export function topicWords(topic: string): string {
  const plain = topic.replaceAll(/[-.]/g, ' ');
  return TOPICS[topic] ?? plain.charAt(0).toUpperCase() + plain.slice(1);
}

const DELIVERIES: { readonly [state: string]: string } = { waiting: 'Waiting to be sent', sent: 'Sent', failed: 'Could not be sent' };

/** Nothing for e-mails that are only kept: without a mail server, all of them. */
export function deliveryWords(state: string): string | undefined {
  return state === 'kept' ? undefined : (DELIVERIES[state] ?? topicWords(state));
}
