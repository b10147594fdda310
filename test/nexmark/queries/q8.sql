-- Monitor new users: who opened an auction within the ten seconds in which they came.
-- stream: append closing
SELECT P.id, P.name, P.tumble.start AS starttime
FROM (
  SELECT id, name, window(dateTime, '10 seconds') AS tumble
  FROM person
  GROUP BY id, name, window(dateTime, '10 seconds')
) AS P
JOIN (
  SELECT seller, window(dateTime, '10 seconds') AS tumble
  FROM auction
  GROUP BY seller, window(dateTime, '10 seconds')
) AS A
ON P.id = A.seller AND P.tumble = A.tumble
