import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { getJsonPath } from '../../kernel/functions/json-path.ts';

describe('get_json_object: what the cases of Spark leave out', () => {
  it('writes what it finds without spaces, with escapes and numbers in one spelling', () => {
    assert.equal(
      getJsonPath('{"a": {"b" : "x\\"\\u00e9\\u001f\\\\u001f" , \'c\':[1 , -2.50, 1E5]} }', '$.a'),
      '{"b":"x\\"é\\u001F\\\\u001f","c":[1,-2.5,100000.0]}',
    );
    assert.equal(getJsonPath('["a\\\\", "b"]', '$[1]'), 'b');
    assert.equal(getJsonPath('[12345678901234567890]', '$[0]'), '12345678901234567890');
  });

  it('an array in an array of matches stays, two wildcards in a row make one array', () => {
    assert.equal(getJsonPath('[{"a":[1]},{"a":[2,3]}]', '$[*].a'), '[[1],[2,3]]');
    assert.equal(getJsonPath('[{"a":["x"]},{"a":["y"]}]', '$[*].a[*]'), '[["x"],["y"]]');
    assert.equal(getJsonPath('[["x"]]', '$[0][*]'), '["x"]');
  });

  it('reads on after the match: a malformed document gives null', () => {
    for (const text of [
      '{"a":1,}',
      '{"a":1 "b":2}',
      '[1',
      '{"a":01}',
      '{"a":tru}',
      '{"a":"\\q"}',
      '{"a":"x',
      '[1 2]',
      '{"a":1.}',
    ]) {
      assert.equal(getJsonPath(text, '$.a'), null, text);
    }
    assert.equal(getJsonPath('['.repeat(100_000), '$[0]'), null);
  });
});
