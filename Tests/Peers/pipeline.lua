-- wrk -s pipeline.lua URL: each write of wrk holds 16 requests; wrk counts every answer by itself.
function init()
    batch = string.rep(wrk.format(), 16)
end

function request()
    return batch
end
