// Asks the server on the command line what clients_test.go expects to hear, and
// prints the answers as one line of JSON each.
import { Connection, Request, TYPES, ISOLATION_LEVEL } from 'tedious';
import { readFileSync } from 'node:fs';

const [host, port, user, password, database, ca, encrypt] = process.argv.slice(2);
const ntlm = user.includes('\\') ? user.split('\\') : null;

const config = {
  server: host,
  authentication: ntlm
    ? { type: 'ntlm', options: { domain: ntlm[0], userName: ntlm[1], password } }
    : { type: 'default', options: { userName: user, password } },
  options: {
    port: Number(port),
    database,
    encrypt: encrypt === 'strict' ? 'strict' : encrypt === 'true',
    trustServerCertificate: false,
    serverName: 'localhost',
    cryptoCredentialsDetails: { ca: readFileSync(ca) },
    connectTimeout: 10000,
    requestTimeout: 10000,
    useUTC: true,
  },
};

const say = (what, value) => console.log(JSON.stringify({ what, value }));

const connect = () => new Promise((resolve, reject) => {
  const connection = new Connection(config);
  connection.on('infoMessage', (m) => m.number === 0 && say('info', m.message));
  connection.connect((err) => (err ? reject(err) : resolve(connection)));
});

const run = (connection, send, text, set = () => {}) => new Promise((resolve) => {
  const rows = [];
  const request = new Request(text, (err, count) => {
    resolve({ error: err ? { number: err.number, code: err.code, message: err.message } : undefined, count, rows });
  });
  request.on('row', (columns) => rows.push(columns.map((c) => (Buffer.isBuffer(c.value) ? c.value.toString('hex') : c.value))));
  set(request);
  send(connection, request);
});

const batch = (c, text) => run(c, (conn, r) => conn.execSqlBatch(r), text);
const sql = (c, text, set) => run(c, (conn, r) => conn.execSql(r), text, set);

let connection;
try {
  connection = await connect();
} catch (err) {
  say('login', { number: err.number, code: err.code, message: err.message });
  process.exit(0);
}

say('types', await batch(connection, 'SELECT everything'));
say('sql', await sql(connection, 'SELECT Name, N FROM vComputer WHERE Guid = @guid', (r) => {
  r.addParameter('guid', TYPES.UniqueIdentifier, '6F9619FF-8B86-D011-B42D-00C04FC964FF');
}));
say('parameters', await sql(connection, 'SELECT parameters', (r) => {
  r.addParameter('i', TYPES.Int, -5);
  r.addParameter('b', TYPES.BigInt, '4611686018427387904');
  r.addParameter('t', TYPES.Bit, true);
  r.addParameter('f', TYPES.Float, 2.5);
  r.addParameter('d', TYPES.Decimal, -12.345, { precision: 18, scale: 3 });
  r.addParameter('n', TYPES.NVarChar, 'Zürich 😀');
  r.addParameter('m', TYPES.NVarChar, 'x'.repeat(9000));
  r.addParameter('v', TYPES.VarChar, 'Zürich €');
  r.addParameter('x', TYPES.VarBinary, Buffer.from([1, 2, 255]));
  r.addParameter('w', TYPES.DateTime2, new Date(Date.UTC(2024, 1, 29, 23, 59, 59, 123)), { scale: 3 });
  r.addParameter('o', TYPES.DateTime, new Date(Date.UTC(1899, 11, 31, 23, 59, 59)));
  r.addParameter('z', TYPES.NVarChar, null);
}));
say('deadlock', await batch(connection, 'SELECT deadlock FROM t'));
say('batch', await batch(connection, "PRINT 'hello'; SELECT 1 AS a; SELECT 2 AS a"));

const transaction = (begin) => new Promise((resolve, reject) => begin((err) => (err ? reject(err) : resolve())));
await transaction((done) => connection.beginTransaction(done, '', ISOLATION_LEVEL.SNAPSHOT));
say('inside', await batch(connection, 'SELECT @@TRANCOUNT'));
await transaction((done) => connection.commitTransaction(done));
say('outside', await batch(connection, 'SELECT @@TRANCOUNT'));

const prepared = new Request('SELECT N FROM vComputer WHERE Name = @name', () => {});
prepared.addParameter('name', TYPES.NVarChar);
await new Promise((resolve) => { prepared.on('prepared', resolve); connection.prepare(prepared); });
for (const name of ['LEEDS-01', 'nobody']) {
  const rows = [];
  const onRow = (columns) => rows.push(columns[0].value);
  prepared.on('row', onRow);
  await new Promise((resolve) => {
    prepared.userCallback = resolve;
    prepared.callback = resolve;
    connection.execute(prepared, { name });
  });
  prepared.off('row', onRow);
  say('prepared', rows);
}

const cancelled = run(connection, (conn, r) => {
  conn.execSqlBatch(r);
  setTimeout(() => conn.cancel(), 50);
}, 'SELECT stalled FROM t');
say('cancelled', (await cancelled).error?.code);
say('again', await batch(connection, 'SELECT n FROM numbers'));
await new Promise((resolve, reject) => connection.reset((err) => (err ? reject(err) : resolve())));
say('reset', await batch(connection, 'SELECT DB_NAME()'));
connection.close();
