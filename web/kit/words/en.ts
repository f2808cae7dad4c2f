// What the parts say that pages share, in English. The other languages have the same keys: ICU messages, translated where a page has more than English.
export const EN = {
  connection: {
    connecting: 'Connecting',
    live: 'Live',
    reconnecting: 'Reconnecting',
    offline: 'Offline',
    deviceOffline: 'This device is offline.',
    lost: 'The connection was lost. We are trying to reconnect.',
  },
  notSure: { title: 'Not sure yet.', more: 'We keep checking until we know. Nothing is done twice.' },
  optional: '(optional)',
  copied: 'Copied',
  copyByHand: 'Please copy by hand',
  calendar: { lead: 'Add it to your calendar:', file: 'Calendar file', saved: 'The calendar file is saved.' },
  duration: { minutes: '{minutes} min', hours: '{hours} h', both: '{hours} h {minutes} min' },
  ourTeam: 'our team',
  question: {
    choose: 'Please choose',
    yes: 'Yes',
    no: 'No',
    missing: 'Please answer this.',
    number: 'Please enter a number, such as 42.',
    date: 'Please enter a date.',
    tooLong: 'Please use at most {count} characters.',
    unfit: 'This answer does not fit. Please look at it again.',
  },
  offer: {
    free: 'Free',
    from: 'from {amount}',
    paidAll: 'Paid when booking',
    reserved: 'Reserved on your card when booking, taken at your visit; paid when booking if that is more than 6 days ahead',
    paidPart: '{amount} when booking',
    noShow: '{amount} if you do not come',
    group: 'Up to {people} people',
    onRequest: 'On request',
  },
};
export type KitWords = typeof EN;
