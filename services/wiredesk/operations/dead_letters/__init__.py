"""Dead letters: counting, redriving, exporting and deleting them.

reading      read the dead letters of stages, and select some of them
choices      how dead letters are grouped, how often a record is redriven
counts       count them by topic, reason, host, stage, hour, day
lookup       find one by its id
redrive      send them back to the topic that they came from, once each
redrive_log  which of them were redriven, how often, and where their records went
files        export them to a file, whole, and import them again
purge        delete them permanently
"""
