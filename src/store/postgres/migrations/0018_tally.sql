-- Only marks that many resources share are counted now: the count of an identifier or a name was one resource's alone, so
-- that a hundred plan versions rewrote a page for almost each of their marks. Blocks and tally are made anew at once.
delete from search_tally;
delete from search_block;
