import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { describe, it } from 'node:test';
import { ManualClock } from '../../kernel/core/clock.ts';
import { endpoint, parseConnection } from '../../kernel/jupyter/connection.ts';
import { WireCodec } from '../../kernel/jupyter/wire.ts';

const KEY = 'secret';
const DELIMITER = Buffer.from('<IDS|MSG>');
const HEADER = '{"msg_id":"1","msg_type":"kernel_info_request","session":"s"}';

function codec(key = KEY): WireCodec {
  return new WireCodec({ key, hash: 'sha256' }, new ManualClock(0));
}

function signed(parts: readonly (string | Buffer)[], key = KEY): Buffer[] {
  const bytes = parts.map((part) => Buffer.from(part));
  const hmac = createHmac('sha256', key);
  for (const part of bytes) hmac.update(part);
  return [Buffer.from('peer'), DELIMITER, Buffer.from(hmac.digest('hex')), ...bytes];
}

function refusal(frames: readonly Buffer[], by = codec()): string {
  const decoded = by.decode(frames);
  return decoded.status === 'refused' ? decoded.reason : 'accepted';
}

describe('the wire codec', () => {
  it('accepts what is rightly signed, with identities and buffers', () => {
    const decoded = codec().decode([...signed([HEADER, '{}', '{}', '{"a":1}']), Buffer.from([1, 2])]);
    assert.equal(decoded.status, 'ok');
    assert.equal(decoded.message.header.msg_type, 'kernel_info_request');
    assert.deepEqual(decoded.message.content, { a: 1 });
    assert.deepEqual(decoded.message.identities.map(String), ['peer']);
    assert.deepEqual([...(decoded.message.buffers[0] ?? [])], [1, 2]);
  });

  it('reads what it writes, with the header of the request as parent', () => {
    const request = codec().decode(signed([HEADER, '{}', '{}', '{}']));
    assert.equal(request.status, 'ok');
    const frames = codec().encode({
      type: 'status',
      parent: request.message.parent,
      content: '{"x":"é"}',
      prefix: ['topic'],
    });
    const bytes = frames.map((frame) => Buffer.from(frame));
    assert.equal(String(bytes[4]), HEADER);
    const decoded = codec().decode(bytes);
    assert.equal(decoded.status, 'ok');
    assert.deepEqual(decoded.message.content, { x: 'é' });
    assert.match(String(bytes[3]), /"date":"1970-01-01T00:00:00\.000Z","version":"5\.4"/);
  });

  it('refuses wrong signatures', () => {
    const right = signed([HEADER, '{}', '{}', '{}']);
    const withSignature = (signature: string): Buffer[] => [
      ...right.slice(0, 2),
      Buffer.from(signature),
      ...right.slice(3),
    ];
    for (const signature of ['', 'abc', '0'.repeat(64), 'ÿ'.repeat(64)])
      assert.equal(refusal(withSignature(signature)), 'wrong signature');
    assert.equal(refusal(signed([HEADER, '{}', '{}', '{}'], 'another key')), 'wrong signature');
    assert.equal(refusal([...right.slice(0, 6), Buffer.from('{"code":"1"}')]), 'wrong signature');
  });

  it('needs no signature where the key is empty', () => {
    const frames = [DELIMITER, Buffer.from(''), ...[HEADER, '{}', '{}', '{}'].map((part) => Buffer.from(part))];
    assert.equal(refusal(frames, codec('')), 'accepted');
  });

  it('refuses the same signature a second time', () => {
    const one = codec();
    const frames = signed([HEADER, '{}', '{}', '{}']);
    assert.equal(refusal(frames, one), 'accepted');
    assert.equal(refusal(frames, one), 'replayed signature');
  });

  it('refuses missing frames', () => {
    const frames = signed([HEADER, '{}', '{}', '{}']);
    for (let count = 2; count < frames.length; count++)
      assert.match(refusal(frames.slice(0, count)), /only \d of 5 frames/);
    assert.equal(refusal([]), 'no delimiter <IDS|MSG>');
    assert.equal(refusal([...new Array<Buffer>(100).fill(Buffer.from('id')), ...frames]), 'no delimiter <IDS|MSG>');
  });

  it('refuses JSON that is none, that is no object, or no UTF-8', () => {
    const bad = [
      '{nope',
      '',
      '[]',
      '7',
      'null',
      '"x"',
      Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]),
      '{"a":NaN}',
    ];
    const good = [HEADER, '{}', '{}', '{}'];
    for (const part of bad) {
      for (let at = 0; at < 4; at++)
        assert.match(refusal(signed(good.map((text, i) => (i === at ? part : text)))), /no JSON object/);
    }
  });

  it('refuses headers without the texts that identify a message', () => {
    for (const header of [
      '{}',
      '{"msg_id":1,"msg_type":"x"}',
      '{"msg_id":"1"}',
      '{"msg_id":"1","msg_type":"x","session":5}',
    ]) {
      assert.match(refusal(signed([header, '{}', '{}', '{}'])), /lacks msg_id/);
    }
  });

  it('refuses what is too large before it is parsed', () => {
    assert.match(refusal(signed([`{"msg_id":"${'x'.repeat(70_000)}"}`, '{}', '{}', '{}'])), /a header of \d+ bytes/);
    assert.match(
      refusal([
        DELIMITER,
        Buffer.from(''),
        Buffer.from(HEADER),
        Buffer.from('{}'),
        Buffer.from('{}'),
        Buffer.alloc(65 * 2 ** 20),
      ]),
      /bytes of JSON/,
    );
  });
});

describe('the connection file', () => {
  const fields = {
    shell_port: 1,
    control_port: 2,
    stdin_port: 3,
    iopub_port: 4,
    hb_port: 5,
    ip: '127.0.0.1',
    key: 'k',
    transport: 'tcp',
    signature_scheme: 'hmac-sha256',
  };

  it('gives addresses for tcp and ipc', () => {
    assert.equal(endpoint(parseConnection(JSON.stringify(fields), 'f'), 'iopub'), 'tcp://127.0.0.1:4');
    assert.equal(
      endpoint(parseConnection(JSON.stringify({ ...fields, transport: 'ipc', ip: '/run/k' }), 'f'), 'hb'),
      'ipc:///run/k-5',
    );
  });

  it('is refused with what is wrong', () => {
    for (const [text, problem] of [
      ['nope', /no JSON object/],
      [JSON.stringify({ ...fields, shell_port: 'x' }), /shell_port is "x"/],
      [JSON.stringify({ ...fields, transport: 'udp' }), /neither tcp nor ipc/],
      [JSON.stringify({ ...fields, signature_scheme: 'md5' }), /hmac-HASH/],
    ] as const) {
      assert.throws(() => parseConnection(text, 'f'), { condition: 'CONNECTION_FILE_INVALID', message: problem });
    }
  });
});
