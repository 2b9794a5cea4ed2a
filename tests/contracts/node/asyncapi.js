// Prints what the parser of AsyncAPI has against a document, as a JSON array; errors and warnings only.
const { Parser, fromFile } = require("@asyncapi/parser");

const INFORMATION = 2;

fromFile(new Parser(), process.argv[2])
  .parse()
  .then(({ diagnostics }) => {
    const wrong = diagnostics.filter(({ severity }) => severity < INFORMATION);
    console.log(JSON.stringify(wrong.map(({ path, message }) => `${path.join("/")}: ${message}`)));
  });
