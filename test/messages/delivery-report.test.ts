import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { readDeliveryReport } from '../../src/messages/delivery-report.ts';

const ID = '0199d2a4-7c1e-7b3a-9d51-3f6f0a1c2b3d';

/** As Postfix writes it. */
function report({
  action = 'failed',
  status = '5.1.1',
  diagnostic = 'smtp; 550 5.1.1 <grace@example.org>: no such user',
  messageId = `<${ID}@pine.example>`,
} = {}) {
  return `Return-Path: <>
From: MAILER-DAEMON@mail.pine.example (Mail Delivery System)
Subject: Undelivered Mail Returned to Sender
Content-Type: multipart/report; report-type=delivery-status;
	boundary="4ABC.1/mail.pine.example"
MIME-Version: 1.0

This is a MIME-encapsulated message.

--4ABC.1/mail.pine.example
Content-Description: Notification

Your message could not be delivered. Status: 2.0.0
Action: delivered

--4ABC.1/mail.pine.example
Content-Description: Delivery report
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.pine.example
Arrival-Date: Mon, 30 Nov 2026 08:00:00 +0000 (UTC)

Final-Recipient: rfc822; grace@example.org
Action: ${action}
Status: ${status}
Remote-MTA: dns; mx.example.org
Diagnostic-Code: ${diagnostic}
    in reply to RCPT TO command

--4ABC.1/mail.pine.example
Content-Description: Undelivered Message
Content-Type: message/rfc822

From: Salt & Pine <hello@pine.example>
To: grace@example.org
Message-ID:
 ${messageId}
Subject: Booked

Message-ID: <ffffffff-ffff-4fff-8fff-ffffffffffff@pine.example>

--4ABC.1/mail.pine.example--
`.replaceAll('\n', '\r\n');
}

describe('a report of a mail server', () => {
  const read: readonly [string, string, unknown][] = [
    ['that there is no such address marks it', report(), { id: ID, status: 'bounced', failure: 'refused 550 5.1.1' }],
    ['that a mailbox is full says so', report({ status: '5.2.2', diagnostic: 'x; no' }), { id: ID, status: 'failed', failure: 'undelivered 5.2.2' }],
    [
      'that it has given up says so',
      report({ status: '4.4.7', diagnostic: 'smtp; 421 later' }),
      { id: ID, status: 'failed', failure: 'undelivered 421 4.4.7' },
    ],
    ['without numbers is one', report({ status: 'nonsense', diagnostic: '' }), { id: ID, status: 'failed', failure: 'undelivered 5.0.0' }],
    ['that it is late changes nothing', report({ action: 'delayed' }), null],
    ['about an e-mail of somebody else changes nothing', report({ messageId: '<abc@elsewhere.example>' }), null],
    ['is none without its fields', report().replace('message/delivery-status', 'text/plain'), 'not-a-report'],
    ['is no holiday notice', 'Subject: Away\r\nContent-Type: text/plain\r\n\r\nback on Monday', 'not-a-report'],
    ['is not nothing', '', 'not-a-report'],
    ['is read also with bare line ends', report().replaceAll('\r\n', '\n'), { id: ID, status: 'bounced', failure: 'refused 550 5.1.1' }],
  ];
  for (const [name, text, expected] of read) test(name, () => assert.deepEqual(readDeliveryReport(text), expected));

  test('of the largest size, made to be slow, is read in a moment', () => {
    const began = process.cpuUsage();
    for (const filler of ['--4ABC.1/mail.pine.example\n', '\n \n', 'a: b\n', ' ', 'boundary=', ':'])
      readDeliveryReport(report().slice(0, 900) + filler.repeat(256_000 / filler.length));
    // Of this process: what else the machine does is not counted.
    const { user, system } = process.cpuUsage(began);
    assert.ok(user + system < 2_000_000, `${user + system} µs`);
  });
});
