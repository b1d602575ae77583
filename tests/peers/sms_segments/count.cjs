// Reads one JSON string a line, answers one JSON object a line: what Twilio's calculator makes of it.
const { createInterface } = require("node:readline");
const { SegmentedMessage } = require("sms-segments-calculator");

createInterface({ input: process.stdin }).on("line", (line) => {
  const message = new SegmentedMessage(JSON.parse(line));
  console.log(JSON.stringify({ parts: message.segments.length, alphabet: message.encodingName }));
});
