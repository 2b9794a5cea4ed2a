"""How a raw page is read: liberal where the meaning is clear, with a note of what was mended; strict where it is not.

mending       the notes of one raw page, and the error of a field that cannot be read
json_values   the bytes of a record to a JSON object
repeated_names  objects that have a name several times
record_headers  the headers of a record, under any spelling of their names
envelopes     CloudEvents, in either content mode, to the fields of a raw page
enveloped     the event within an object of another format, and the response within an event
typed_values  values with their types around them
fields        each field to the form of the contract
times         times, as crawlers write them
time_parts    times in parts: lists and objects
responses     status and headers of a response
printed_headers  headers as programming languages print them
whole_responses  a response with its head, where only its body should be
withdrawn_names  which page a record without value withdraws
bodies        base64, and which of two bodies is the page

docs/contracts.md lists the forms.
"""
