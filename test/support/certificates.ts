import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { generate } from 'selfsigned';
import { realNow } from './clock.ts';

/** In PEM, as TLS servers take it. */
export type TestCertificate = { readonly key: string; readonly cert: string };

/** Signed by itself, so nobody believes it outside of `whileTrusting`; good for a day. */
export async function certificateFor(...names: readonly string[]): Promise<TestCertificate> {
  const made = await generate([{ name: 'commonName', value: names[0] ?? '' }], {
    keyType: 'ec',
    algorithm: 'sha256',
    notBeforeDate: new Date(realNow() - 3_600_000),
    notAfterDate: new Date(realNow() + 24 * 3_600_000),
    extensions: [
      { name: 'basicConstraints', cA: true },
      { name: 'subjectAltName', altNames: names.map((value) => ({ type: 2, value })) },
    ],
  });
  return { key: made.private, cert: made.cert };
}

/** As if the system, or `NODE_EXTRA_CA_CERTS`, knew it: for all connections of this process that begin meanwhile. */
export async function whileTrusting<T>({ cert }: TestCertificate, work: () => Promise<T>): Promise<T> {
  const before = getCACertificates('default');
  setDefaultCACertificates([...before, cert]);
  try {
    return await work();
  } finally {
    setDefaultCACertificates(before);
  }
}
