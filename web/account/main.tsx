import { render } from 'preact';
import { readLink } from './link.ts';
import { AccountPage } from './page.tsx';

const root = document.getElementById('page');
if (root === null) throw new Error('the page has no place to be shown in');
const link = readLink(location.hash);
// The token stays in this page's memory: not in the history, and not on the screen of whoever looks over a shoulder.
history.replaceState(null, '', location.pathname);
render(<AccountPage link={link} />, root);
