/** Generated from the function registry by kernel/bin/generate-functions.ts; do not edit. */
import { registryFunction } from './functions.ts';

/** The absolute value. SQL: `abs(expr)`. */
export const abs = registryFunction('abs');

/** The arc cosine. SQL: `acos(expr)`. */
export const acos = registryFunction('acos');

/** A time moved by an interval; months and days count in the time zone of the session. SQL: `time + INTERVAL …`. */
export const add_interval = registryFunction('add_interval');

/** The day so many months later. SQL: `add_months(date, months)`. */
export const add_months = registryFunction('add_months');

/** Whether some value is true. SQL: `bool_or(expr)`. */
export const any = registryFunction('any');

/** Some value of the group. SQL: `any_value(expr)`. */
export const any_value = registryFunction('any_value');

/** Not supported yet. SQL: `approx_count_distinct(expr)`. */
export const approx_count_distinct = registryFunction('approx_count_distinct');

/** Not supported yet. SQL: `percentile_approx(expr, percentage)`. */
export const approx_percentile = registryFunction('approx_percentile');

/** An array of the arguments. SQL: `array(expr1, …)`. */
export const array = registryFunction('array');

/** Not supported yet. SQL: `collect_list(expr)`. */
export const array_agg = registryFunction('array_agg');

/** Whether the array has the value; null where it has not but holds a null. SQL: `array_contains(array, value)`. */
export const array_contains = registryFunction('array_contains');

/** The code of the first character; 0 for an empty text. SQL: `ascii(str)`. */
export const ascii = registryFunction('ascii');

/** The arc sine. SQL: `asin(expr)`. */
export const asin = registryFunction('asin');

/** The arc tangent. SQL: `atan(expr)`. */
export const atan = registryFunction('atan');

/** The angle of a point. SQL: `atan2(y, x)`. */
export const atan2 = registryFunction('atan2');

/** The mean of the values that are not null; double, or decimal for decimals. SQL: `avg(expr)`. */
export const avg = registryFunction('avg');

/** Bytes as base64, in lines of 76 characters. SQL: `base64(expr)`. */
export const base64 = registryFunction('base64');

/** The value as bigint. SQL: `bigint(expr)`. */
export const bigint = registryFunction('bigint');

/** The bits of a whole number as text. SQL: `bin(expr)`. */
export const bin = registryFunction('bin');

/** The value as binary. SQL: `binary(expr)`. */
export const binary = registryFunction('binary');

/** The number of bits that are set. SQL: `bit_count(expr)`. */
export const bit_count = registryFunction('bit_count');

/** The number of bits of a text in UTF-8, or of a binary. SQL: `bit_length(str)`. */
export const bit_length = registryFunction('bit_length');

/** Whether all values are true. SQL: `bool_and(expr)`. */
export const bool_and = registryFunction('bool_and');

/** Whether some value is true. SQL: `bool_or(expr)`. */
export const bool_or = registryFunction('bool_or');

/** The value as boolean. SQL: `boolean(expr)`. */
export const boolean = registryFunction('boolean');

/** Rounded half to even. SQL: `bround(expr[, digits])`. */
export const bround = registryFunction('bround');

/** Without spaces (or the given characters) at both ends. SQL: `trim(str[, characters])`. */
export const btrim = registryFunction('btrim');

/** The number of elements of an array or map; null for null. SQL: `size(value)`. */
export const cardinality = registryFunction('cardinality');

/** The cube root. SQL: `cbrt(expr)`. */
export const cbrt = registryFunction('cbrt');

/** The least whole number that is not less. SQL: `ceil(expr)`. */
export const ceil = registryFunction('ceil');

/** The least whole number that is not less. SQL: `ceil(expr)`. */
export const ceiling = registryFunction('ceiling');

/** The character of a code. SQL: `chr(str)`. */
export const char = registryFunction('char');

/** The number of characters; of bytes for binaries. SQL: `length(str)`. */
export const char_length = registryFunction('char_length');

/** The number of characters; of bytes for binaries. SQL: `length(str)`. */
export const character_length = registryFunction('character_length');

/** The position of the search text, from 1; 0 where there is none. SQL: `locate(search, str[, from])`. */
export const charindex = registryFunction('charindex');

/** The character of a code. SQL: `chr(str)`. */
export const chr = registryFunction('chr');

/** The first argument that is not null. SQL: `coalesce(expr1, expr2, …)`. */
export const coalesce = registryFunction('coalesce');

/** Not supported yet. SQL: `collect_list(expr)`. */
export const collect_list = registryFunction('collect_list');

/** Not supported yet. SQL: `collect_set(expr)`. */
export const collect_set = registryFunction('collect_set');

/** All arguments put together; null where one is. SQL: `concat(str1, str2, …)`. */
export const concat = registryFunction('concat');

/** The arguments with a separator between them, nulls left out. SQL: `concat_ws(separator, str1, …)`. */
export const concat_ws = registryFunction('concat_ws');

/** Whether the text contains the other. SQL: `contains(left, right)`. */
export const contains = registryFunction('contains');

/** The cosine. SQL: `cos(expr)`. */
export const cos = registryFunction('cos');

/** The hyperbolic cosine. SQL: `cosh(expr)`. */
export const cosh = registryFunction('cosh');

/** The number of rows for which the condition is true. SQL: `count_if(condition)`. */
export const count_if = registryFunction('count_if');

/** The CRC-32 checksum. SQL: `crc32(expr)`. */
export const crc32 = registryFunction('crc32');

/** The day on which the query, or the micro-batch, started. SQL: `current_date()`. */
export const curdate = registryFunction('curdate');

/** The day on which the query, or the micro-batch, started. SQL: `current_date()`. */
export const current_date = registryFunction('current_date');

/** The time at which the query, or the micro-batch, started. SQL: `current_timestamp()`. */
export const current_timestamp = registryFunction('current_timestamp');

/** The time zone of the session. SQL: `current_timezone()`. */
export const current_timezone = registryFunction('current_timezone');

/** The value as a date. SQL: `date(…)`. */
export const date = registryFunction('date');

/** The day so many days later. SQL: `date_add(date, days)`. */
export const date_add = registryFunction('date_add');

/** The days from the second to the first. SQL: `datediff(end, start)`. */
export const date_diff = registryFunction('date_diff');

/** A time as text, by a pattern such as yyyy-MM-dd HH:mm:ss. SQL: `date_format(time, pattern)`. */
export const date_format = registryFunction('date_format');

/** The day so many days after 1970-01-01. SQL: `date_from_unix_date(days)`. */
export const date_from_unix_date = registryFunction('date_from_unix_date');

/** A part of a time: year, quarter, month, week, day, dow, doy, hour, minute, second. SQL: `date_part('part', time)`. */
export const date_part = registryFunction('date_part');

/** The day so many days earlier. SQL: `date_sub(date, days)`. */
export const date_sub = registryFunction('date_sub');

/** The start of the year, month, day, hour, … of a time. SQL: `date_trunc(unit, time)`. */
export const date_trunc = registryFunction('date_trunc');

/** The day so many days later. SQL: `date_add(date, days)`. */
export const dateadd = registryFunction('dateadd');

/** The days from the second to the first. SQL: `datediff(end, start)`. */
export const datediff = registryFunction('datediff');

/** The day of the month. SQL: `day(time)`. */
export const day = registryFunction('day');

/** The short name of the weekday. SQL: `dayname(date)`. */
export const dayname = registryFunction('dayname');

/** The day of the month. SQL: `day(time)`. */
export const dayofmonth = registryFunction('dayofmonth');

/** The day of the week, 1 (Sunday) to 7. SQL: `dayofweek(time)`. */
export const dayofweek = registryFunction('dayofweek');

/** The day of the year. SQL: `dayofyear(time)`. */
export const dayofyear = registryFunction('dayofyear');

/** The value as decimal(10,0). SQL: `decimal(expr)`. */
export const decimal = registryFunction('decimal');

/** Bytes as text. SQL: `decode(bytes, 'UTF-8')`. */
export const decode = registryFunction('decode');

/** Radians as degrees. SQL: `degrees(expr)`. */
export const degrees = registryFunction('degrees');

/** The integral part of the quotient, as bigint. SQL: `expr1 div expr2`. */
export const div = registryFunction('div');

/** The value as double. SQL: `double(expr)`. */
export const double = registryFunction('double');

/** e. SQL: `e()`. */
export const e = registryFunction('e');

/** An array’s element by position from 1 (from the end where negative), or a map’s value by key. SQL: `element_at(value, key)`. */
export const element_at = registryFunction('element_at');

/** Text as bytes. SQL: `encode(str, 'UTF-8')`. */
export const encode = registryFunction('encode');

/** Whether the text ends with the other. SQL: `endswith(left, right)`. */
export const endswith = registryFunction('endswith');

/** Whether both are equal, two nulls being equal; never null. SQL: `expr1 <=> expr2`. */
export const equal_null = registryFunction('equal_null');

/** Whether all values are true. SQL: `bool_and(expr)`. */
export const every = registryFunction('every');

/** e to the power of the argument. SQL: `exp(expr)`. */
export const exp = registryFunction('exp');

/** e to the power of the argument, minus 1. SQL: `expm1(expr)`. */
export const expm1 = registryFunction('expm1');

/** The factorial of 0 to 20; null for others. SQL: `factorial(expr)`. */
export const factorial = registryFunction('factorial');

/** The first value in the order of arrival, null included. SQL: `first(expr)`. */
export const first = registryFunction('first');

/** The first value in the order of arrival, null included. SQL: `first(expr)`. */
export const first_value = registryFunction('first_value');

/** The value as float. SQL: `float(expr)`. */
export const float = registryFunction('float');

/** The greatest whole number that is not greater. SQL: `floor(expr)`. */
export const floor = registryFunction('floor');

/** Text after a printf pattern. SQL: `format_string(pattern, value1, …)`. */
export const format_string = registryFunction('format_string');

/** Seconds since 1970-01-01 UTC as text. SQL: `from_unixtime(seconds[, pattern])`. */
export const from_unixtime = registryFunction('from_unixtime');

/** A UTC time as the wall clock of a zone. SQL: `from_utc_timestamp(…)`. */
export const from_utc_timestamp = registryFunction('from_utc_timestamp');

/** An array’s element by position from 0; null where there is none. SQL: `get(value, key)`. */
export const get = registryFunction('get');

/** What a path such as $.a.b[0] finds in a JSON text; objects and arrays as JSON. SQL: `get_json_object(text, path)`. */
export const get_json_object = registryFunction('get_json_object');

/** An array’s element by position from 0, or a map’s value by key. SQL: `value[key]`. */
export const getitem = registryFunction('getitem');

/** The greatest argument, nulls skipped. SQL: `greatest(expr1, expr2, …)`. */
export const greatest = registryFunction('greatest');

/** A hash of 32 bits (Murmur3) of the arguments. SQL: `hash(expr1, …)`. */
export const hash = registryFunction('hash');

/** Hexadecimal digits of a number, or of the bytes of a text. SQL: `hex(expr)`. */
export const hex = registryFunction('hex');

/** The hour, 0 to 23. SQL: `hour(time)`. */
export const hour = registryFunction('hour');

/** The length of the hypotenuse. SQL: `hypot(a, b)`. */
export const hypot = registryFunction('hypot');

/** The first argument, or the second where it is null. SQL: `ifnull(expr1, expr2)`. */
export const ifnull = registryFunction('ifnull');

/** As LIKE, without regard to case. SQL: `str ILIKE pattern`. */
export const ilike = registryFunction('ilike');

/** The first letter of each word large, the others small. SQL: `initcap(str)`. */
export const initcap = registryFunction('initcap');

/** The position of the first occurrence, from 1; 0 where there is none. SQL: `instr(str, arg2)`. */
export const instr = registryFunction('instr');

/** The value as int. SQL: `int(expr)`. */
export const int = registryFunction('int');

/** Whether the number is NaN; false for null. SQL: `isnan(expr)`. */
export const isnan = registryFunction('isnan');

/** Whether the value is not null. SQL: `isnotnull(expr)`. */
export const isnotnull = registryFunction('isnotnull');

/** Whether the value is null; never null itself. SQL: `isnull(expr)`. */
export const isnull = registryFunction('isnull');

/** The last value in the order of arrival, null included. SQL: `last(expr)`. */
export const last = registryFunction('last');

/** The last day of the month. SQL: `last_day(…)`. */
export const last_day = registryFunction('last_day');

/** The last value in the order of arrival, null included. SQL: `last(expr)`. */
export const last_value = registryFunction('last_value');

/** All letters small. SQL: `lower(str)`. */
export const lcase = registryFunction('lcase');

/** The least argument, nulls skipped. SQL: `least(expr1, expr2, …)`. */
export const least = registryFunction('least');

/** The first characters. SQL: `left(str, arg2)`. */
export const left = registryFunction('left');

/** The number of characters; of bytes for binaries. SQL: `length(str)`. */
export const len = registryFunction('len');

/** The number of characters; of bytes for binaries. SQL: `length(str)`. */
export const length = registryFunction('length');

/** Whether the text is of the form: % any text, _ any character. SQL: `str LIKE pattern`. */
export const like = registryFunction('like');

/** The natural logarithm; null for numbers that are not positive. SQL: `ln(expr)`. */
export const ln = registryFunction('ln');

/** The wall clock at which the query, or the micro-batch, started. SQL: `localtimestamp()`. */
export const localtimestamp = registryFunction('localtimestamp');

/** The position of the search text, from 1; 0 where there is none. SQL: `locate(search, str[, from])`. */
export const locate = registryFunction('locate');

/** The logarithm, natural unless a base is given. SQL: `log([base,] expr)`. */
export const log = registryFunction('log');

/** The logarithm to base 10; null for numbers that are not positive. SQL: `log10(expr)`. */
export const log10 = registryFunction('log10');

/** The natural logarithm of one more than the argument; null where there is none. SQL: `log1p(expr)`. */
export const log1p = registryFunction('log1p');

/** The logarithm to base 2; null for numbers that are not positive. SQL: `log2(expr)`. */
export const log2 = registryFunction('log2');

/** All letters small. SQL: `lower(str)`. */
export const lower = registryFunction('lower');

/** Filled at the start, or cut, to a length. SQL: `lpad(str, length[, pad])`. */
export const lpad = registryFunction('lpad');

/** Without spaces (or the given characters) at the start. SQL: `ltrim(str[, characters])`. */
export const ltrim = registryFunction('ltrim');

/** The day of a year, month and day. SQL: `make_date(year, month, day)`. */
export const make_date = registryFunction('make_date');

/** The time of its parts. SQL: `make_timestamp(year, month, day, hour, minute, second[, zone])`. */
export const make_timestamp = registryFunction('make_timestamp');

/** The wall-clock time of its parts. SQL: `make_timestamp_ntz(year, month, day, hour, minute, second)`. */
export const make_timestamp_ntz = registryFunction('make_timestamp_ntz');

/** A map of keys and values. SQL: `map(key1, value1, …)`. */
export const map = registryFunction('map');

/** The keys of a map. SQL: `map_keys(map)`. */
export const map_keys = registryFunction('map_keys');

/** The values of a map. SQL: `map_values(map)`. */
export const map_values = registryFunction('map_values');

/** The greatest value; NaN is greater than every number. SQL: `max(expr)`. */
export const max = registryFunction('max');

/** The MD5 digest in hexadecimal. SQL: `md5(expr)`. */
export const md5 = registryFunction('md5');

/** The mean of the values that are not null; double, or decimal for decimals. SQL: `avg(expr)`. */
export const mean = registryFunction('mean');

/** Not supported yet. SQL: `percentile_approx(expr, percentage)`. */
export const median = registryFunction('median');

/** The smallest value. SQL: `min(expr)`. */
export const min = registryFunction('min');

/** The minute. SQL: `minute(time)`. */
export const minute = registryFunction('minute');

/** The month, 1 to 12. SQL: `month(time)`. */
export const month = registryFunction('month');

/** The short name of the month. SQL: `monthname(date)`. */
export const monthname = registryFunction('monthname');

/** The months from the second time to the first, rounded to 8 digits unless told otherwise. SQL: `months_between(time1, time2[, roundOff])`. */
export const months_between = registryFunction('months_between');

/** A struct with the given field names. SQL: `named_struct(name1, value1, …)`. */
export const named_struct = registryFunction('named_struct');

/** The first argument, or the second where the first is NaN. SQL: `nanvl(expr1, expr2)`. */
export const nanvl = registryFunction('nanvl');

/** The number with its sign turned. SQL: `negative(expr)`. */
export const negative = registryFunction('negative');

/** The first day after a date that is the weekday. SQL: `next_day(date, weekday)`. */
export const next_day = registryFunction('next_day');

/** The time at which the query, or the micro-batch, started. SQL: `current_timestamp()`. */
export const now = registryFunction('now');

/** Null where both are equal, else the first. SQL: `nullif(expr1, expr2)`. */
export const nullif = registryFunction('nullif');

/** Null for 0, else the value. SQL: `nullifzero(expr)`. */
export const nullifzero = registryFunction('nullifzero');

/** The first argument, or the second where it is null. SQL: `nvl(expr1, expr2)`. */
export const nvl = registryFunction('nvl');

/** The second argument where the first is not null, else the third. SQL: `nvl2(expr1, expr2, expr3)`. */
export const nvl2 = registryFunction('nvl2');

/** The number of bytes. SQL: `octet_length(str)`. */
export const octet_length = registryFunction('octet_length');

/** Not supported yet. SQL: `percentile_approx(expr, percentage)`. */
export const percentile = registryFunction('percentile');

/** Not supported yet. SQL: `percentile_approx(expr, percentage)`. */
export const percentile_approx = registryFunction('percentile_approx');

/** π. SQL: `pi()`. */
export const pi = registryFunction('pi');

/** The remainder, made positive. SQL: `pmod(dividend, divisor)`. */
export const pmod = registryFunction('pmod');

/** The position of the search text, from 1; 0 where there is none. SQL: `locate(search, str[, from])`. */
export const position = registryFunction('position');

/** The number as it is. SQL: `positive(expr)`. */
export const positive = registryFunction('positive');

/** The base to the power of the exponent. SQL: `pow(base, exponent)`. */
export const pow = registryFunction('pow');

/** The base to the power of the exponent. SQL: `pow(base, exponent)`. */
export const power = registryFunction('power');

/** Text after a printf pattern. SQL: `format_string(pattern, value1, …)`. */
export const printf = registryFunction('printf');

/** The quarter, 1 to 4. SQL: `quarter(time)`. */
export const quarter = registryFunction('quarter');

/** Degrees as radians. SQL: `radians(expr)`. */
export const radians = registryFunction('radians');

/** A random number from 0 to below 1 for each row. SQL: `rand()`. */
export const rand = registryFunction('rand');

/** A random number from 0 to below 1 for each row. SQL: `rand()`. */
export const random = registryFunction('random');

/** Whether the regular expression is found in the text. SQL: `str RLIKE pattern`. */
export const regexp = registryFunction('regexp');

/** How often the regular expression matches. SQL: `regexp_count(str, pattern)`. */
export const regexp_count = registryFunction('regexp_count');

/** What a group of the first match holds (default: the first group); empty where nothing matches. SQL: `regexp_extract(str, pattern[, group])`. */
export const regexp_extract = registryFunction('regexp_extract');

/** Whether the regular expression is found in the text. SQL: `str RLIKE pattern`. */
export const regexp_like = registryFunction('regexp_like');

/** Every match, from a position on, replaced; $1 stands for the first group. SQL: `regexp_replace(str, pattern, replacement[, position])`. */
export const regexp_replace = registryFunction('regexp_replace');

/** The text so many times. SQL: `repeat(str, arg2)`. */
export const repeat = registryFunction('repeat');

/** Every occurrence of the search text replaced. SQL: `replace(str, search[, replacement])`. */
export const replace = registryFunction('replace');

/** The characters from last to first. SQL: `reverse(str)`. */
export const reverse = registryFunction('reverse');

/** The last characters. SQL: `right(str, arg2)`. */
export const right = registryFunction('right');

/** The nearest whole number, half to even, as a double. SQL: `rint(expr)`. */
export const rint = registryFunction('rint');

/** Whether the regular expression is found in the text. SQL: `str RLIKE pattern`. */
export const rlike = registryFunction('rlike');

/** Rounded half up to so many digits after the point; negative digits round before it. SQL: `round(expr[, digits])`. */
export const round = registryFunction('round');

/** Filled at the end, or cut, to a length. SQL: `rpad(str, length[, pad])`. */
export const rpad = registryFunction('rpad');

/** Without spaces (or the given characters) at the end. SQL: `rtrim(str[, characters])`. */
export const rtrim = registryFunction('rtrim');

/** The second. SQL: `second(time)`. */
export const second = registryFunction('second');

/** The SHA-1 digest in hexadecimal. SQL: `sha1(expr)`. */
export const sha = registryFunction('sha');

/** The SHA-1 digest in hexadecimal. SQL: `sha1(expr)`. */
export const sha1 = registryFunction('sha1');

/** The SHA-2 digest of 224, 256, 384 or 512 bits in hexadecimal; 0 means 256, others give null. SQL: `sha2(expr, bits)`. */
export const sha2 = registryFunction('sha2');

/** The bits moved left. SQL: `value << count`. */
export const shiftleft = registryFunction('shiftleft');

/** The bits moved right, the sign kept. SQL: `value >> count`. */
export const shiftright = registryFunction('shiftright');

/** The bits moved right, zeros put in. SQL: `value >>> count`. */
export const shiftrightunsigned = registryFunction('shiftrightunsigned');

/** -1, 0 or 1, by the sign. SQL: `signum(expr)`. */
export const sign = registryFunction('sign');

/** -1, 0 or 1, by the sign. SQL: `signum(expr)`. */
export const signum = registryFunction('signum');

/** The sine. SQL: `sin(expr)`. */
export const sin = registryFunction('sin');

/** The hyperbolic sine. SQL: `sinh(expr)`. */
export const sinh = registryFunction('sinh');

/** The number of elements of an array or map; null for null. SQL: `size(value)`. */
export const size = registryFunction('size');

/** The value as smallint. SQL: `smallint(expr)`. */
export const smallint = registryFunction('smallint');

/** Whether some value is true. SQL: `bool_or(expr)`. */
export const some = registryFunction('some');

/** So many spaces. SQL: `space(str)`. */
export const space = registryFunction('space');

/** The parts of a text between matches of a regular expression. SQL: `split(str, pattern[, limit])`. */
export const split = registryFunction('split');

/** The n-th part between delimiters, from the end where negative; empty where there is none. SQL: `split_part(str, delimiter, index)`. */
export const split_part = registryFunction('split_part');

/** The square root; NaN for negative numbers. SQL: `sqrt(expr)`. */
export const sqrt = registryFunction('sqrt');

/** Whether the text starts with the other. SQL: `startswith(left, right)`. */
export const startswith = registryFunction('startswith');

/** Not supported yet. SQL: `stddev(expr)`. */
export const std = registryFunction('std');

/** Not supported yet. SQL: `stddev(expr)`. */
export const stddev = registryFunction('stddev');

/** Not supported yet. SQL: `stddev_pop(expr)`. */
export const stddev_pop = registryFunction('stddev_pop');

/** Not supported yet. SQL: `stddev(expr)`. */
export const stddev_samp = registryFunction('stddev_samp');

/** The value as string. SQL: `string(expr)`. */
export const string = registryFunction('string');

/** A struct whose fields are named as columns would be. SQL: `struct(expr1, expr2, …)`. */
export const struct = registryFunction('struct');

/** Characters from a position, counted from 1, or from the end where negative. SQL: `substring(str, position[, length])`. */
export const substr = registryFunction('substr');

/** Characters from a position, counted from 1, or from the end where negative. SQL: `substring(str, position[, length])`. */
export const substring = registryFunction('substring');

/** What stands before the n-th delimiter (after it, counted from the end, where negative). SQL: `substring_index(str, arg2, arg3)`. */
export const substring_index = registryFunction('substring_index');

/** The sum of the values that are not null; bigint for integers. SQL: `sum(expr)`. */
export const sum = registryFunction('sum');

/** The tangent. SQL: `tan(expr)`. */
export const tan = registryFunction('tan');

/** The hyperbolic tangent. SQL: `tanh(expr)`. */
export const tanh = registryFunction('tanh');

/** The value as a timestamp. SQL: `timestamp(…)`. */
export const timestamp = registryFunction('timestamp');

/** The time so many microseconds after 1970-01-01 UTC. SQL: `timestamp_micros(…)`. */
export const timestamp_micros = registryFunction('timestamp_micros');

/** The time so many milliseconds after 1970-01-01 UTC. SQL: `timestamp_millis(…)`. */
export const timestamp_millis = registryFunction('timestamp_millis');

/** The time so many seconds after 1970-01-01 UTC. SQL: `timestamp_seconds(…)`. */
export const timestamp_seconds = registryFunction('timestamp_seconds');

/** The value as tinyint. SQL: `tinyint(expr)`. */
export const tinyint = registryFunction('tinyint');

/** Text as a date, by a pattern where one is given. SQL: `to_date(text[, pattern])`. */
export const to_date = registryFunction('to_date');

/** Text as a timestamp, by a pattern where one is given. SQL: `to_timestamp(text[, pattern])`. */
export const to_timestamp = registryFunction('to_timestamp');

/** Text as a time of the session’s zone. SQL: `to_timestamp_ltz(text)`. */
export const to_timestamp_ltz = registryFunction('to_timestamp_ltz');

/** Text as a wall-clock time. SQL: `to_timestamp_ntz(text)`. */
export const to_timestamp_ntz = registryFunction('to_timestamp_ntz');

/** Seconds since 1970-01-01 UTC. SQL: `unix_timestamp([time[, pattern]])`. */
export const to_unix_timestamp = registryFunction('to_unix_timestamp');

/** A wall-clock time of a zone as UTC. SQL: `to_utc_timestamp(…)`. */
export const to_utc_timestamp = registryFunction('to_utc_timestamp');

/** Characters replaced one by one. SQL: `translate(str, arg2, arg3)`. */
export const translate = registryFunction('translate');

/** Without spaces (or the given characters) at both ends. SQL: `trim(str[, characters])`. */
export const trim = registryFunction('trim');

/** The first day of the year, quarter, month or week. SQL: `trunc(date, unit)`. */
export const trunc = registryFunction('trunc');

/** As `expr1 + expr2`, but null instead of an error. SQL: `try_add(expr1, expr2)`. */
export const try_add = registryFunction('try_add');

/** As `expr1 / expr2`, but null instead of an error. SQL: `try_divide(expr1, expr2)`. */
export const try_divide = registryFunction('try_divide');

/** As element_at, but null instead of an error. SQL: `try_element_at(value, key)`. */
export const try_element_at = registryFunction('try_element_at');

/** As `expr1 % expr2`, but null instead of an error. SQL: `try_mod(expr1, expr2)`. */
export const try_mod = registryFunction('try_mod');

/** As `expr1 * expr2`, but null instead of an error. SQL: `try_multiply(expr1, expr2)`. */
export const try_multiply = registryFunction('try_multiply');

/** As `expr1 - expr2`, but null instead of an error. SQL: `try_subtract(expr1, expr2)`. */
export const try_subtract = registryFunction('try_subtract');

/** As sum, but null on overflow. SQL: `try_sum(expr)`. */
export const try_sum = registryFunction('try_sum');

/** As to_date, but null instead of an error. SQL: `try_to_date(text[, pattern])`. */
export const try_to_date = registryFunction('try_to_date');

/** As to_timestamp, but null instead of an error. SQL: `try_to_timestamp(text[, pattern])`. */
export const try_to_timestamp = registryFunction('try_to_timestamp');

/** All letters large. SQL: `upper(str)`. */
export const ucase = registryFunction('ucase');

/** The bytes of hexadecimal digits; null where the text is none. SQL: `unhex(text)`. */
export const unhex = registryFunction('unhex');

/** Days since 1970-01-01. SQL: `unix_date(…)`. */
export const unix_date = registryFunction('unix_date');

/** Microseconds since 1970-01-01 UTC. SQL: `unix_micros(…)`. */
export const unix_micros = registryFunction('unix_micros');

/** Milliseconds since 1970-01-01 UTC. SQL: `unix_millis(…)`. */
export const unix_millis = registryFunction('unix_millis');

/** Seconds since 1970-01-01 UTC. SQL: `unix_seconds(…)`. */
export const unix_seconds = registryFunction('unix_seconds');

/** Seconds since 1970-01-01 UTC. SQL: `unix_timestamp([time[, pattern]])`. */
export const unix_timestamp = registryFunction('unix_timestamp');

/** All letters large. SQL: `upper(str)`. */
export const upper = registryFunction('upper');

/** A random UUID for each row. SQL: `uuid()`. */
export const uuid = registryFunction('uuid');

/** Not supported yet. SQL: `var_pop(expr)`. */
export const var_pop = registryFunction('var_pop');

/** Not supported yet. SQL: `variance(expr)`. */
export const var_samp = registryFunction('var_samp');

/** Not supported yet. SQL: `variance(expr)`. */
export const variance = registryFunction('variance');

/** The day of the week, 0 (Monday) to 6. SQL: `weekday(time)`. */
export const weekday = registryFunction('weekday');

/** The ISO week of the year. SQL: `weekofyear(time)`. */
export const weekofyear = registryFunction('weekofyear');

/** A hash of 64 bits of the arguments. SQL: `xxhash64(expr1, …)`. */
export const xxhash64 = registryFunction('xxhash64');

/** The year. SQL: `year(time)`. */
export const year = registryFunction('year');

/** 0 for null, else the value. SQL: `zeroifnull(expr)`. */
export const zeroifnull = registryFunction('zeroifnull');
