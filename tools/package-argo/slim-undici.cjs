/**
 * The part of undici that Coalmine uses, for the bundle: its index loads fetch,
 * WebSockets and caches besides, which is half of the plugin's code and 10 MB of
 * memory for nothing. A name that is missing here ends the packaging.
 */
const Agent = require("../../node_modules/undici/lib/dispatcher/agent.js");
const Pool = require("../../node_modules/undici/lib/dispatcher/pool.js");
const buildConnector = require("../../node_modules/undici/lib/core/connect.js");
const errors = require("../../node_modules/undici/lib/core/errors.js");

module.exports = { Agent, Pool, buildConnector, errors };
