/**
 * The part of undici that Coalmine uses, put together as its index.js does, for
 * the bundle: the whole of it loads fetch, WebSockets and caches besides, which
 * is a quarter of the plugin's code and 4 MB of memory for nothing. The tests of
 * the templates (`npm run test:argo`) run the package against real servers.
 */
const Dispatcher = require("../../node_modules/undici/lib/dispatcher/dispatcher.js");
const Agent = require("../../node_modules/undici/lib/dispatcher/agent.js");
const Pool = require("../../node_modules/undici/lib/dispatcher/pool.js");
const buildConnector = require("../../node_modules/undici/lib/core/connect.js");
const errors = require("../../node_modules/undici/lib/core/errors.js");
const api = require("../../node_modules/undici/lib/api/index.js");

Object.assign(Dispatcher.prototype, api);

module.exports = { Agent, Pool, buildConnector, errors };
